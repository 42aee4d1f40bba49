// SPDX-License-Identifier: GPL-2.0
/* queue.c - a queue's page pool: made, swapped under the running device, given up */
#include "devmem_nic.h"

/* What the core carries between the queue callbacks. */
struct nic_queue_memory {
	struct page_pool *pool;
};

/* Only a pool that allows unreadable memory takes up a bound dma-buf; the bind
 * fails with ENODATA on one that does not.
 */
static struct page_pool *nic_pool_create(struct nic_queue *queue)
{
	struct nic *nic = queue->nic;
	struct page_pool_params params = {
		.flags		= PP_FLAG_DMA_MAP | PP_FLAG_DMA_SYNC_DEV,
		.pool_size	= nic->ring_size,
		.nid		= NUMA_NO_NODE,
		.dev		= nic->dev->dev.parent,
		.napi		= &queue->napi,
		.dma_dir	= DMA_FROM_DEVICE,
		.max_len	= PAGE_SIZE,
		.netdev		= nic->dev,
		.queue_idx	= queue->index,
	};

	if (nic->data_split == ETHTOOL_TCP_DATA_SPLIT_ENABLED)
		params.flags |= PP_FLAG_ALLOW_UNREADABLE_NETMEM;
	return page_pool_create(&params);
}

/* NAPI may be running, but never with this pool: it was stopped with it, or
 * never started. The pool must not insist that NAPI is off.
 */
static void nic_pool_destroy(struct page_pool *pool)
{
	if (!pool)
		return;
	pool->p.napi = NULL;
	page_pool_destroy(pool);
}

static void nic_queue_start(struct nic_queue *queue, struct page_pool *pool)
{
	queue->pool = pool;
	napi_enable_locked(&queue->napi);
	/* Frames may have arrived in the meantime. */
	local_bh_disable();
	napi_schedule(&queue->napi);
	local_bh_enable();
}

static struct page_pool *nic_queue_stop(struct nic_queue *queue)
{
	struct page_pool *pool = queue->pool;

	napi_disable_locked(&queue->napi);
	page_pool_disable_direct_recycling(pool);
	queue->pool = NULL;
	return pool;
}

static void nic_queue_close(struct nic_queue *queue)
{
	nic_pool_destroy(nic_queue_stop(queue));
	skb_queue_purge(&queue->ring);
}

/* Queues that ethtool took out of service keep running, they only get nothing:
 * changing their number then cannot fail half way.
 */
int nic_queues_open(struct nic *nic)
{
	struct page_pool *pool;
	unsigned int i;

	for (i = 0; i < nic->dev->num_rx_queues; i++) {
		pool = nic_pool_create(&nic->queues[i]);
		if (IS_ERR(pool))
			goto undo;
		nic_queue_start(&nic->queues[i], pool);
	}
	return 0;

undo:
	while (i--)
		nic_queue_close(&nic->queues[i]);
	return PTR_ERR(pool);
}

void nic_queues_close(struct nic *nic)
{
	unsigned int i;

	for (i = 0; i < nic->dev->num_rx_queues; i++)
		nic_queue_close(&nic->queues[i]);
}

static int nic_memory_alloc(struct net_device *dev, NIC_QUEUE_CONFIG
			    void *memory, int index)
{
	struct nic *nic = netdev_priv(dev);
	struct nic_queue_memory *new = memory;
	struct page_pool *pool = nic_pool_create(&nic->queues[index]);

	if (IS_ERR(pool))
		return PTR_ERR(pool);
	new->pool = pool;
	return 0;
}

static void nic_memory_free(struct net_device *dev, void *memory)
{
	struct nic_queue_memory *old = memory;

	nic_pool_destroy(old->pool);
}

/* 6.12 restarts queues of a device that is down, too. */
static int nic_memory_start(struct net_device *dev, NIC_QUEUE_CONFIG
			    void *memory, int index)
{
	struct nic *nic = netdev_priv(dev);
	struct nic_queue_memory *new = memory;

	if (netif_running(dev))
		nic_queue_start(&nic->queues[index], new->pool);
	else
		nic_pool_destroy(new->pool);
	return 0;
}

static int nic_memory_stop(struct net_device *dev, void *memory, int index)
{
	struct nic *nic = netdev_priv(dev);
	struct nic_queue_memory *old = memory;

	if (netif_running(dev))
		old->pool = nic_queue_stop(&nic->queues[index]);
	return 0;
}

const struct netdev_queue_mgmt_ops nic_queue_ops = {
	.ndo_queue_mem_size	= sizeof(struct nic_queue_memory),
	.ndo_queue_mem_alloc	= nic_memory_alloc,
	.ndo_queue_mem_free	= nic_memory_free,
	.ndo_queue_start	= nic_memory_start,
	.ndo_queue_stop		= nic_memory_stop,
};
