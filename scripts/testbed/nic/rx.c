// SPDX-License-Identifier: GPL-2.0
/* rx.c - receive: TCP payload goes into the dma-buf bound to the queue, the rest up as it is */
#include <linux/etherdevice.h>
#include <linux/module.h>
#include <net/busy_poll.h>

#include "devmem_nic.h"

static unsigned int linear_bytes;
module_param(linear_bytes, uint, 0644);
MODULE_PARM_DESC(linear_bytes, "bytes of payload left outside the dma-buf (SCM_DEVMEM_LINEAR)");

static unsigned int frag_bytes = PAGE_SIZE;
module_param(frag_bytes, uint, 0644);
MODULE_PARM_DESC(frag_bytes, "bytes of payload per net_iov, unless an skb would need more than 15");

static unsigned int drop_every;
module_param(drop_every, uint, 0644);
MODULE_PARM_DESC(drop_every, "drop every n-th frame with TCP payload, 0: none");

void nic_deliver(struct nic_queue *queue, struct sk_buff *skb)
{
	if (skb_queue_len_lockless(&queue->ring) >=
	    READ_ONCE(queue->nic->ring_size)) {
		nic_count(queue, NIC_RX_RING_FULL, 1);
		kfree_skb(skb);
		return;
	}
	skb_queue_tail(&queue->ring, skb);
	napi_schedule(&queue->napi);
}

static bool nic_knob_drops(struct nic *nic)
{
	unsigned int every = READ_ONCE(drop_every);

	return every &&
	       (u32)atomic_inc_return(&nic->payload_frames) % every == 0;
}

/* A copy of the first @len bytes of @frame, ready to take frags and go up. Its
 * head is not a page fragment: TCP would make such a head with payload in it a
 * readable frag among unreadable ones, and recvmsg then fails with ENODEV.
 */
static struct sk_buff *nic_copy_head(struct nic_queue *queue,
				     struct sk_buff *frame, unsigned int len)
{
	struct skb_shared_info *from = skb_shinfo(frame), *to;
	unsigned int room = NET_SKB_PAD + NET_IP_ALIGN;
	struct sk_buff *skb = alloc_skb(room + len, GFP_ATOMIC | __GFP_NOWARN);

	if (!skb)
		return NULL;
	skb_reserve(skb, room);
	skb_copy_bits(frame, 0, skb_put(skb, len), len);
	skb->protocol = eth_type_trans(skb, queue->nic->dev);
	skb->ip_summed = CHECKSUM_UNNECESSARY;
	skb_set_hash(skb, frame->hash, PKT_HASH_TYPE_L4);
	to = skb_shinfo(skb);
	to->gso_size = from->gso_size;
	to->gso_type = from->gso_type;
	to->gso_segs = from->gso_segs;
	return skb;
}

/* Without an IOMMU the DMA address is the physical one of the dma-buf's page. */
static void *nic_dma_target(netmem_ref netmem)
{
	return phys_to_virt(page_pool_get_dma_addr_netmem(netmem));
}

static unsigned int nic_bytes_per_frag(unsigned int len)
{
	unsigned int least = DIV_ROUND_UP(len, NIC_MAX_FRAGS);
	unsigned int wanted = READ_ONCE(frag_bytes);

	return clamp_t(unsigned int, wanted, least, PAGE_SIZE);
}

/* Puts @frame's bytes from @at on into net_iovs of the queue's dma-buf, as frags of @skb. */
static int nic_place_payload(struct nic_queue *queue, struct sk_buff *frame,
			     unsigned int at, struct sk_buff *skb)
{
	unsigned int each = nic_bytes_per_frag(frame->len - at);
	unsigned int len;
	netmem_ref netmem;

	for (; at < frame->len; at += len) {
		netmem = page_pool_alloc_netmems(queue->pool,
						 GFP_ATOMIC | __GFP_NOWARN);
		if (!netmem)
			return -ENOBUFS;
		len = min(each, frame->len - at);
		skb_copy_bits(frame, at, nic_dma_target(netmem), len);
		skb_add_rx_frag_netmem(skb, skb_shinfo(skb)->nr_frags, netmem,
				       0, len, PAGE_SIZE);
		nic_count(queue, NIC_RX_DEVMEM_FRAGS, 1);
	}
	return 0;
}

static struct sk_buff *nic_split(struct nic_queue *queue,
				 struct sk_buff *frame)
{
	unsigned int payload = NIC_CB(frame)->payload;
	unsigned int linear = min(READ_ONCE(linear_bytes),
				  frame->len - payload);
	struct sk_buff *skb = nic_copy_head(queue, frame, payload + linear);

	if (!skb)
		return NULL;
	skb_mark_for_recycle(skb);
	if (nic_place_payload(queue, frame, payload + linear, skb)) {
		kfree_skb(skb);
		return NULL;
	}
	return skb;
}

/* Not through GRO: it would merge readable linear parts into unreadable skbs,
 * and what arrives here is as large as one skb can be anyway.
 */
static void nic_receive_devmem(struct nic_queue *queue, struct sk_buff *frame)
{
	struct sk_buff *skb = nic_split(queue, frame);

	if (!skb) {
		nic_count(queue, NIC_RX_ALLOC_FAIL, 1);
		kfree_skb(frame);
		return;
	}
	consume_skb(frame);
	nic_count(queue, NIC_RX_DEVMEM_PACKETS, 1);
	skb_record_rx_queue(skb, queue->index);
	skb_mark_napi_id(skb, &queue->napi);
	netif_receive_skb(skb);
}

static void nic_receive(struct nic_queue *queue, struct sk_buff *skb)
{
	bool payload = NIC_CB(skb)->payload;

	if (payload && nic_knob_drops(queue->nic)) {
		nic_count(queue, NIC_RX_KNOB_DROPS, 1);
		kfree_skb(skb);
		return;
	}
	nic_count(queue, NIC_RX_PACKETS, 1);
	nic_count(queue, NIC_RX_BYTES, skb->len + ETH_HLEN);
	if (payload && queue->pool->mp_priv) {
		skb_push(skb, ETH_HLEN);
		nic_receive_devmem(queue, skb);
		return;
	}
	skb_record_rx_queue(skb, queue->index);
	napi_gro_receive(&queue->napi, skb);
}

int nic_poll(struct napi_struct *napi, int budget)
{
	struct nic_queue *queue = container_of(napi, struct nic_queue, napi);
	struct sk_buff *skb;
	int done = 0;

	while (done < budget && (skb = skb_dequeue(&queue->ring))) {
		nic_receive(queue, skb);
		done++;
	}
	if (done < budget)
		napi_complete_done(napi, done);
	return done;
}
