// SPDX-License-Identifier: GPL-2.0
/* main.c - the pair of linked devices: birth and death, up and down, transmit
 *
 * A network card for testing devmem TCP without hardware: what one of the two
 * transmits arrives at the other's receive queues, and a queue that a dma-buf
 * is bound to puts TCP payload into that dma-buf.
 */
#include <linux/etherdevice.h>
#include <linux/module.h>
#include <linux/platform_device.h>
#include <linux/rtnetlink.h>

#include "devmem_nic.h"

static unsigned int queues = 4;
module_param(queues, uint, 0444);
MODULE_PARM_DESC(queues, "combined queues per device, 1 to 16");

static unsigned int ring = 1024;
module_param(ring, uint, 0444);
MODULE_PARM_DESC(ring, "frames a receive queue can hold, 1 to 16384");

static struct nic *nics[2];

static void nic_carrier(struct nic *nic, bool on)
{
	void (*set)(struct net_device *dev) =
		on ? netif_carrier_on : netif_carrier_off;

	set(nic->dev);
	set(nic->peer->dev);
}

static int nic_open(struct net_device *dev)
{
	struct nic *nic = netdev_priv(dev);
	int err = nic_queues_open(nic);

	if (err)
		return err;
	netif_tx_start_all_queues(dev);
	if (netif_running(nic->peer->dev))
		nic_carrier(nic, true);
	return 0;
}

static int nic_stop(struct net_device *dev)
{
	struct nic *nic = netdev_priv(dev);

	nic_carrier(nic, false);
	netif_tx_stop_all_queues(dev);
	/* A transmitter that saw the carrier must be done with our rings. */
	synchronize_net();
	nic_queues_close(nic);
	return 0;
}

static netdev_tx_t nic_xmit(struct sk_buff *skb, struct net_device *dev)
{
	struct nic *nic = netdev_priv(dev);
	struct nic_queue *from = &nic->queues[skb_get_queue_mapping(skb)];
	struct nic_queue *to;
	unsigned int bytes = skb->len;

	skb_tx_timestamp(skb);
	if (!netif_carrier_ok(nic->peer->dev)) {
		nic_count(from, NIC_TX_DROPS, 1);
		kfree_skb(skb);
		return NETDEV_TX_OK;
	}
	to = nic_steer(nic->peer, skb);
	if (__dev_forward_skb(nic->peer->dev, skb) != NET_RX_SUCCESS) {
		nic_count(from, NIC_TX_DROPS, 1);
		return NETDEV_TX_OK;
	}
	nic_count(from, NIC_TX_PACKETS, 1);
	nic_count(from, NIC_TX_BYTES, bytes);
	nic_deliver(to, skb);
	return NETDEV_TX_OK;
}

static int nic_set_features(struct net_device *dev, netdev_features_t features)
{
	if (!(features & NETIF_F_NTUPLE))
		nic_rules_clear(netdev_priv(dev));
	return 0;
}

static const struct net_device_ops nic_netdev_ops = {
	.ndo_open		= nic_open,
	.ndo_stop		= nic_stop,
	.ndo_start_xmit		= nic_xmit,
	.ndo_set_features	= nic_set_features,
	.ndo_get_stats64	= nic_get_stats64,
	.ndo_set_mac_address	= eth_mac_addr,
	.ndo_validate_addr	= eth_validate_addr,
};

static void nic_queue_init(struct nic *nic, unsigned int index)
{
	struct nic_queue *queue = &nic->queues[index];

	queue->nic = nic;
	queue->index = index;
	skb_queue_head_init(&queue->ring);
	netif_napi_add(nic->dev, &queue->napi, nic_poll);
	netif_queue_set_napi(nic->dev, index, NETDEV_QUEUE_TYPE_RX,
			     &queue->napi);
	netif_queue_set_napi(nic->dev, index, NETDEV_QUEUE_TYPE_TX,
			     &queue->napi);
}

static void nic_netdev_init(struct net_device *dev)
{
	dev->netdev_ops = &nic_netdev_ops;
	dev->ethtool_ops = &nic_ethtool_ops;
	dev->queue_mgmt_ops = &nic_queue_ops;
	dev->stat_ops = &nic_stat_ops;
	dev->hw_features = NETIF_F_SG | NETIF_F_HW_CSUM | NETIF_F_TSO |
			   NETIF_F_TSO6 | NETIF_F_TSO_ECN | NETIF_F_HIGHDMA |
			   NETIF_F_RXCSUM | NETIF_F_RXHASH | NETIF_F_NTUPLE;
	dev->features = dev->hw_features;
	dev->max_mtu = 9216;
	/* What is sent in one go must fit the frags of one received skb. */
	netif_set_tso_max_size(dev, NIC_MAX_FRAGS * PAGE_SIZE);
	eth_hw_addr_random(dev);
	netif_carrier_off(dev);
}

/* The parent is what dma-bufs are mapped for: without an IOMMU a DMA address
 * is a physical address, and "DMA" is a copy to there.
 */
static struct platform_device *nic_parent_create(int id)
{
	return platform_device_register_full(&(struct platform_device_info) {
		.name		= NIC_NAME,
		.id		= id,
		.dma_mask	= DMA_BIT_MASK(64),
	});
}

static struct nic *nic_create(int id)
{
	struct platform_device *parent = nic_parent_create(id);
	struct net_device *dev;
	struct nic *nic;
	unsigned int i;

	if (IS_ERR(parent))
		return ERR_CAST(parent);
	dev = alloc_netdev_mqs(sizeof(*nic), "devmem%d", NET_NAME_ENUM,
			       ether_setup, queues, queues);
	if (!dev) {
		platform_device_unregister(parent);
		return ERR_PTR(-ENOMEM);
	}
	SET_NETDEV_DEV(dev, &parent->dev);
	nic_netdev_init(dev);
	nic = netdev_priv(dev);
	nic->dev = dev;
	nic->parent = parent;
	nic->ring_size = ring;
	spin_lock_init(&nic->rules_lock);
	nic_indir_default(nic);
	for (i = 0; i < queues; i++)
		nic_queue_init(nic, i);
	return nic;
}

static void nic_destroy(struct nic *nic)
{
	struct platform_device *parent = nic->parent;

	free_netdev(nic->dev);
	platform_device_unregister(parent);
}

static void nics_unregister(void)
{
	LIST_HEAD(gone);
	int i;

	rtnl_lock();
	for (i = 0; i < ARRAY_SIZE(nics); i++)
		if (nics[i]->dev->reg_state == NETREG_REGISTERED)
			unregister_netdevice_queue(nics[i]->dev, &gone);
	unregister_netdevice_many(&gone);
	rtnl_unlock();
}

static void __exit nics_exit(void)
{
	int i;

	nics_unregister();
	for (i = 0; i < ARRAY_SIZE(nics); i++)
		nic_destroy(nics[i]);
}

static int nics_register(void)
{
	int i, err;

	nics[0]->peer = nics[1];
	nics[1]->peer = nics[0];
	for (i = 0; i < ARRAY_SIZE(nics); i++) {
		err = register_netdev(nics[i]->dev);
		if (err)
			return err;
	}
	return 0;
}

static int __init nics_init(void)
{
	int err;

	if (queues < 1 || queues > NIC_MAX_QUEUES ||
	    ring < 1 || ring > NIC_MAX_RING)
		return -EINVAL;
	nics[0] = nic_create(0);
	if (IS_ERR(nics[0]))
		return PTR_ERR(nics[0]);
	nics[1] = nic_create(1);
	if (IS_ERR(nics[1])) {
		nic_destroy(nics[0]);
		return PTR_ERR(nics[1]);
	}
	err = nics_register();
	if (err) {
		nics_unregister();
		nic_destroy(nics[0]);
		nic_destroy(nics[1]);
	}
	return err;
}

module_init(nics_init);
module_exit(nics_exit);
MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Two linked virtual network cards that receive into dma-bufs (devmem TCP)");
