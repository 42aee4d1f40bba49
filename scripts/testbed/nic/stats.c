// SPDX-License-Identifier: GPL-2.0
/* stats.c - the queues' counters, for ip -s link, ethtool -S and netlink qstats */
#include "devmem_nic.h"

static const char * const nic_counter_names[NIC_COUNTERS] = {
	[NIC_RX_PACKETS]	= "rx_packets",
	[NIC_RX_BYTES]		= "rx_bytes",
	[NIC_RX_DEVMEM_PACKETS]	= "rx_devmem_packets",
	[NIC_RX_DEVMEM_FRAGS]	= "rx_devmem_frags",
	[NIC_RX_ALLOC_FAIL]	= "rx_alloc_fail",
	[NIC_RX_RING_FULL]	= "rx_ring_full",
	[NIC_RX_KNOB_DROPS]	= "rx_knob_drops",
	[NIC_TX_PACKETS]	= "tx_packets",
	[NIC_TX_BYTES]		= "tx_bytes",
	[NIC_TX_DROPS]		= "tx_drops",
};

static u64 nic_counter(struct net_device *dev, unsigned int queue,
		       enum nic_counter which)
{
	struct nic *nic = netdev_priv(dev);

	return atomic64_read(&nic->queues[queue].counters[which]);
}

static u64 nic_sum(struct net_device *dev, enum nic_counter which)
{
	unsigned int i;
	u64 sum = 0;

	for (i = 0; i < dev->num_rx_queues; i++)
		sum += nic_counter(dev, i, which);
	return sum;
}

void nic_get_stats64(struct net_device *dev, struct rtnl_link_stats64 *stats)
{
	stats->rx_packets = nic_sum(dev, NIC_RX_PACKETS);
	stats->rx_bytes = nic_sum(dev, NIC_RX_BYTES);
	stats->rx_missed_errors = nic_sum(dev, NIC_RX_RING_FULL);
	stats->rx_dropped = nic_sum(dev, NIC_RX_ALLOC_FAIL) +
			    nic_sum(dev, NIC_RX_KNOB_DROPS);
	stats->tx_packets = nic_sum(dev, NIC_TX_PACKETS);
	stats->tx_bytes = nic_sum(dev, NIC_TX_BYTES);
	stats->tx_dropped = nic_sum(dev, NIC_TX_DROPS);
}

int nic_get_sset_count(struct net_device *dev, int set)
{
	if (set != ETH_SS_STATS)
		return -EOPNOTSUPP;
	return dev->num_rx_queues * NIC_COUNTERS;
}

void nic_get_strings(struct net_device *dev, u32 set, u8 *to)
{
	unsigned int queue, which;

	if (set != ETH_SS_STATS)
		return;
	for (queue = 0; queue < dev->num_rx_queues; queue++)
		for (which = 0; which < NIC_COUNTERS; which++)
			ethtool_sprintf(&to, "q%u_%s", queue,
					nic_counter_names[which]);
}

void nic_get_ethtool_stats(struct net_device *dev, struct ethtool_stats *head,
			   u64 *to)
{
	unsigned int queue, which;

	for (queue = 0; queue < dev->num_rx_queues; queue++)
		for (which = 0; which < NIC_COUNTERS; which++)
			*to++ = nic_counter(dev, queue, which);
}

static void nic_queue_stats_rx(struct net_device *dev, int queue,
			       struct netdev_queue_stats_rx *stats)
{
	stats->packets = nic_counter(dev, queue, NIC_RX_PACKETS);
	stats->bytes = nic_counter(dev, queue, NIC_RX_BYTES);
	stats->alloc_fail = nic_counter(dev, queue, NIC_RX_ALLOC_FAIL);
	stats->hw_drops = nic_counter(dev, queue, NIC_RX_KNOB_DROPS);
	stats->hw_drop_overruns = nic_counter(dev, queue, NIC_RX_RING_FULL);
}

static void nic_queue_stats_tx(struct net_device *dev, int queue,
			       struct netdev_queue_stats_tx *stats)
{
	stats->packets = nic_counter(dev, queue, NIC_TX_PACKETS);
	stats->bytes = nic_counter(dev, queue, NIC_TX_BYTES);
}

/* The core sums up the queues in service; this is the rest. */
static void nic_base_stats(struct net_device *dev,
			   struct netdev_queue_stats_rx *rx,
			   struct netdev_queue_stats_tx *tx)
{
	rx->packets = 0;
	rx->bytes = 0;
	rx->alloc_fail = 0;
	rx->hw_drops = 0;
	rx->hw_drop_overruns = 0;
	tx->packets = 0;
	tx->bytes = 0;
	netdev_stat_queue_sum(dev, dev->real_num_rx_queues, dev->num_rx_queues,
			      rx, dev->real_num_tx_queues, dev->num_tx_queues,
			      tx);
}

const struct netdev_stat_ops nic_stat_ops = {
	.get_queue_stats_rx	= nic_queue_stats_rx,
	.get_queue_stats_tx	= nic_queue_stats_tx,
	.get_base_stats		= nic_base_stats,
};
