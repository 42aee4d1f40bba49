// SPDX-License-Identifier: GPL-2.0
/* ethtool.c - rings with header-data split, channels, RSS table */
#include <net/netdev_rx_queue.h>

#include "devmem_nic.h"

static void nic_get_drvinfo(struct net_device *dev,
			    struct ethtool_drvinfo *info)
{
	strscpy(info->driver, NIC_NAME, sizeof(info->driver));
}

/* Header-data split begins with the first byte of payload: hds-thresh has no room but 0. */
static void nic_get_ringparam(struct net_device *dev,
			      struct ethtool_ringparam *rings,
			      struct kernel_ethtool_ringparam *more,
			      struct netlink_ext_ack *extack)
{
	struct nic *nic = netdev_priv(dev);

	rings->rx_max_pending = NIC_MAX_RING;
	rings->rx_pending = nic->ring_size;
	more->tcp_data_split = nic->data_split;
}

static bool nic_any_bound(struct net_device *dev)
{
	unsigned int i;

	for (i = 0; i < dev->num_rx_queues; i++)
		if (__netif_get_rx_queue(dev, i)->mp_params.mp_priv)
			return true;
	return false;
}

static int nic_set_ringparam(struct net_device *dev,
			     struct ethtool_ringparam *rings,
			     struct kernel_ethtool_ringparam *more,
			     struct netlink_ext_ack *extack)
{
	struct nic *nic = netdev_priv(dev);

	if (!rings->rx_pending) {
		NL_SET_ERR_MSG(extack, "the receive ring needs at least one entry");
		return -EINVAL;
	}
	if (more->tcp_data_split != ETHTOOL_TCP_DATA_SPLIT_ENABLED &&
	    nic_any_bound(dev)) {
		NL_SET_ERR_MSG(extack, "a dma-buf is bound, it needs tcp-data-split");
		return -EBUSY;
	}
	WRITE_ONCE(nic->ring_size, rings->rx_pending);
	nic->data_split = more->tcp_data_split;
	return 0;
}

static void nic_get_channels(struct net_device *dev,
			     struct ethtool_channels *channels)
{
	channels->max_combined = dev->num_rx_queues;
	channels->combined_count = dev->real_num_rx_queues;
}

static int nic_set_channels(struct net_device *dev,
			    struct ethtool_channels *channels)
{
	int err = netif_set_real_num_queues(dev, channels->combined_count,
					    channels->combined_count);

	if (!err && !netif_is_rxfh_configured(dev))
		nic_indir_default(netdev_priv(dev));
	return err;
}

static u32 nic_get_rxfh_indir_size(struct net_device *dev)
{
	return NIC_INDIR;
}

static int nic_get_rxfh(struct net_device *dev, struct ethtool_rxfh_param *rss)
{
	struct nic *nic = netdev_priv(dev);

	rss->hfunc = ETH_RSS_HASH_NO_CHANGE; /* ours is none of those ethtool has a name for */
	if (rss->indir)
		memcpy(rss->indir, nic->indir, sizeof(nic->indir));
	return 0;
}

static int nic_set_rxfh(struct net_device *dev, struct ethtool_rxfh_param *rss,
			struct netlink_ext_ack *extack)
{
	struct nic *nic = netdev_priv(dev);
	unsigned int i;

	if (rss->hfunc != ETH_RSS_HASH_NO_CHANGE || rss->key)
		return -EOPNOTSUPP;
	for (i = 0; rss->indir && i < NIC_INDIR; i++)
		WRITE_ONCE(nic->indir[i], rss->indir[i]);
	return 0;
}

#ifdef NIC_HAVE_RX_RING_COUNT
static u32 nic_get_rx_ring_count(struct net_device *dev)
{
	return dev->real_num_rx_queues;
}
#endif

const struct ethtool_ops nic_ethtool_ops = {
	.supported_ring_params	= ETHTOOL_RING_USE_TCP_DATA_SPLIT
#ifdef NIC_HAVE_HDS_THRESH
				| ETHTOOL_RING_USE_HDS_THRS
#endif
	,
#ifdef ETHTOOL_OP_NEEDS_RTNL_GLINK
	.op_needs_rtnl		= ETHTOOL_OP_NEEDS_RTNL_GLINK |
				  ETHTOOL_OP_NEEDS_RTNL_SCHANNELS,
#endif
#ifdef NIC_HAVE_RX_RING_COUNT
	.get_rx_ring_count	= nic_get_rx_ring_count,
#endif
	.get_drvinfo		= nic_get_drvinfo,
	.get_link		= ethtool_op_get_link,
	.get_ringparam		= nic_get_ringparam,
	.set_ringparam		= nic_set_ringparam,
	.get_channels		= nic_get_channels,
	.set_channels		= nic_set_channels,
	.get_rxfh_indir_size	= nic_get_rxfh_indir_size,
	.get_rxfh		= nic_get_rxfh,
	.set_rxfh		= nic_set_rxfh,
	.get_rxnfc		= nic_get_rxnfc,
	.set_rxnfc		= nic_set_rxnfc,
	.get_sset_count		= nic_get_sset_count,
	.get_strings		= nic_get_strings,
	.get_ethtool_stats	= nic_get_ethtool_stats,
};
