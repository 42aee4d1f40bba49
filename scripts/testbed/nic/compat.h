/* SPDX-License-Identifier: GPL-2.0 */
/* compat.h - what differs between the kernels this is built for (6.12 to 7.x) */
#ifndef DEVMEM_NIC_COMPAT_H
#define DEVMEM_NIC_COMPAT_H

#include <linux/netdevice.h>
#include <net/page_pool/helpers.h>

/* Since 6.15 the core holds the instance lock in open, stop and the queue callbacks. */
#ifndef NIC_HAVE_NAPI_LOCKED
#define napi_enable_locked	napi_enable
#define napi_disable_locked	napi_disable
#endif

/* Since 7.0 the queue callbacks get the queue's configuration. */
#ifdef NIC_HAVE_QUEUE_CONFIG
#define NIC_QUEUE_CONFIG	struct netdev_queue_config *config,
#else
#define NIC_QUEUE_CONFIG
#endif

#ifndef NIC_HAVE_ALLOC_NETMEMS
#define page_pool_alloc_netmems	page_pool_alloc_netmem
#endif

#endif
