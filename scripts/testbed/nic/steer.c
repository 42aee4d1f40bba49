// SPDX-License-Identifier: GPL-2.0
/* steer.c - which queue a frame goes to: an n-tuple rule's, else by flow hash (RSS) */
#include <linux/tcp.h>

#include "devmem_nic.h"

/* Tunnelled and fragmented TCP goes up whole, as a card that does not know it would do. */
static unsigned int nic_find_payload(const struct sk_buff *skb,
				     const struct flow_keys *keys)
{
	struct tcphdr buffer;
	const struct tcphdr *tcp;
	unsigned int at;

	if (keys->basic.ip_proto != IPPROTO_TCP ||
	    keys->control.flags & (FLOW_DIS_IS_FRAGMENT | FLOW_DIS_ENCAPSULATION))
		return 0;
	tcp = skb_header_pointer(skb, keys->control.thoff, sizeof(buffer),
				 &buffer);
	if (!tcp)
		return 0;
	at = keys->control.thoff + tcp->doff * 4;
	return at < skb->len ? at : 0;
}

/* The flow label would move a flow to another queue when TCP retransmits. */
static void nic_hash(struct sk_buff *skb, struct flow_keys *keys)
{
	keys->tags.flow_label = 0;
	skb_set_hash(skb, flow_hash_from_keys(keys), PKT_HASH_TYPE_L4);
}

/* Looks at a frame with its Ethernet header still on. */
struct nic_queue *nic_steer(struct nic *nic, struct sk_buff *skb)
{
	struct flow_keys keys;
	int queue;

	NIC_CB(skb)->payload = 0;
	if (!skb_flow_dissect_flow_keys(skb, &keys, 0))
		return &nic->queues[0];
	NIC_CB(skb)->payload = nic_find_payload(skb, &keys);
	queue = nic_rules_match(nic, &keys);
	nic_hash(skb, &keys);
	if (queue < 0)
		queue = READ_ONCE(nic->indir[skb->hash % NIC_INDIR]);
	return &nic->queues[queue];
}

void nic_indir_default(struct nic *nic)
{
	unsigned int i;

	for (i = 0; i < NIC_INDIR; i++)
		WRITE_ONCE(nic->indir[i],
			   ethtool_rxfh_indir_default(i, nic->dev->real_num_rx_queues));
}
