/* SPDX-License-Identifier: GPL-2.0 */
/* devmem_nic.h - the device, its queues, and who offers what to whom */
#ifndef DEVMEM_NIC_H
#define DEVMEM_NIC_H

#include <linux/ethtool.h>
#include <linux/ethtool_netlink.h>
#include <linux/netdevice.h>
#include <linux/skbuff.h>
#include <net/flow_dissector.h>
#include <net/netdev_queues.h>
#include <net/page_pool/helpers.h>

#include "compat.h"

#define NIC_NAME	"devmem_nic"
#define NIC_INDIR	128	/* entries of the RSS indirection table */
#define NIC_RULES	64	/* n-tuple rules */
#define NIC_MAX_QUEUES	16
#define NIC_MAX_RING	16384
#define NIC_MAX_FRAGS	15	/* net_iovs of one skb; the core allows 17 */

enum nic_counter {
	NIC_RX_PACKETS,
	NIC_RX_BYTES,
	NIC_RX_DEVMEM_PACKETS,
	NIC_RX_DEVMEM_FRAGS,
	NIC_RX_ALLOC_FAIL,	/* no net_iov left: dropped */
	NIC_RX_RING_FULL,
	NIC_RX_KNOB_DROPS,	/* dropped by the knob drop_every */
	NIC_TX_PACKETS,
	NIC_TX_BYTES,
	NIC_TX_DROPS,
	NIC_COUNTERS
};

/* One receive queue with its NAPI; the transmit queue of that number counts here too. */
struct nic_queue {
	struct napi_struct	napi;
	struct nic		*nic;
	unsigned int		index;
	struct page_pool	*pool;		/* NULL while the device is down */
	struct sk_buff_head	ring;		/* frames "on the wire" */
	atomic64_t		counters[NIC_COUNTERS];
};

struct nic {
	struct net_device	*dev;
	struct nic		*peer;		/* the other end; lives exactly as long */
	struct platform_device	*parent;
	u32			ring_size;
	u8			data_split;	/* ETHTOOL_TCP_DATA_SPLIT_* */
	atomic_t		payload_frames;	/* what the knob drop_every counts */
	u32			indir[NIC_INDIR];
	spinlock_t		rules_lock;	/* protects the next two */
	unsigned int		rule_count;
	struct nic_rule {
		bool				used;
		struct ethtool_rx_flow_spec	spec;
	}			rules[NIC_RULES];
	struct nic_queue	queues[NIC_MAX_QUEUES];
};

/* What the transmitter found out about a frame, for the receiver. */
struct nic_cb {
	unsigned int payload;	/* where TCP's payload starts in the frame; 0: none */
};

#define NIC_CB(skb) ((struct nic_cb *)(skb)->cb)

static inline void nic_count(struct nic_queue *queue, enum nic_counter which,
			     u64 much)
{
	atomic64_add(much, &queue->counters[which]);
}

/* queue.c */
extern const struct netdev_queue_mgmt_ops nic_queue_ops;
int nic_queues_open(struct nic *nic);
void nic_queues_close(struct nic *nic);

/* rx.c */
int nic_poll(struct napi_struct *napi, int budget);
void nic_deliver(struct nic_queue *queue, struct sk_buff *skb);

/* steer.c */
struct nic_queue *nic_steer(struct nic *nic, struct sk_buff *skb);
void nic_indir_default(struct nic *nic);

/* rules.c */
int nic_rules_match(struct nic *nic, const struct flow_keys *keys);
void nic_rules_clear(struct nic *nic);
int nic_get_rxnfc(struct net_device *dev, struct ethtool_rxnfc *info,
		  u32 *locations);
int nic_set_rxnfc(struct net_device *dev, struct ethtool_rxnfc *info);

/* ethtool.c */
extern const struct ethtool_ops nic_ethtool_ops;

/* stats.c */
extern const struct netdev_stat_ops nic_stat_ops;
void nic_get_stats64(struct net_device *dev, struct rtnl_link_stats64 *stats);
int nic_get_sset_count(struct net_device *dev, int set);
void nic_get_strings(struct net_device *dev, u32 set, u8 *to);
void nic_get_ethtool_stats(struct net_device *dev, struct ethtool_stats *head,
			   u64 *to);

#endif
