// SPDX-License-Identifier: GPL-2.0
/* rules.c - n-tuple rules: TCP over IPv4 or IPv6, by any of addresses and ports, to a queue */
#include "devmem_nic.h"

static bool nic_matches4(const struct ethtool_rx_flow_spec *spec,
			 const struct flow_keys *keys)
{
	const struct ethtool_tcpip4_spec *want = &spec->h_u.tcp_ip4_spec;
	const struct ethtool_tcpip4_spec *mask = &spec->m_u.tcp_ip4_spec;

	return keys->control.addr_type == FLOW_DISSECTOR_KEY_IPV4_ADDRS &&
	       !((keys->addrs.v4addrs.src ^ want->ip4src) & mask->ip4src) &&
	       !((keys->addrs.v4addrs.dst ^ want->ip4dst) & mask->ip4dst) &&
	       !((keys->ports.src ^ want->psrc) & mask->psrc) &&
	       !((keys->ports.dst ^ want->pdst) & mask->pdst);
}

static bool nic_same6(const struct in6_addr *is, const __be32 *want,
		      const __be32 *mask)
{
	int i;

	for (i = 0; i < 4; i++)
		if ((is->s6_addr32[i] ^ want[i]) & mask[i])
			return false;
	return true;
}

static bool nic_matches6(const struct ethtool_rx_flow_spec *spec,
			 const struct flow_keys *keys)
{
	const struct ethtool_tcpip6_spec *want = &spec->h_u.tcp_ip6_spec;
	const struct ethtool_tcpip6_spec *mask = &spec->m_u.tcp_ip6_spec;

	return keys->control.addr_type == FLOW_DISSECTOR_KEY_IPV6_ADDRS &&
	       nic_same6(&keys->addrs.v6addrs.src, want->ip6src, mask->ip6src) &&
	       nic_same6(&keys->addrs.v6addrs.dst, want->ip6dst, mask->ip6dst) &&
	       !((keys->ports.src ^ want->psrc) & mask->psrc) &&
	       !((keys->ports.dst ^ want->pdst) & mask->pdst);
}

static bool nic_rule_matches(const struct nic_rule *rule,
			     const struct flow_keys *keys)
{
	if (!rule->used)
		return false;
	return rule->spec.flow_type == TCP_V4_FLOW ?
	       nic_matches4(&rule->spec, keys) :
	       nic_matches6(&rule->spec, keys);
}

/* The queue of the first rule that matches; -ENOENT: none does. */
int nic_rules_match(struct nic *nic, const struct flow_keys *keys)
{
	int i, queue = -ENOENT;

	if (!READ_ONCE(nic->rule_count) || keys->basic.ip_proto != IPPROTO_TCP)
		return -ENOENT;
	spin_lock_bh(&nic->rules_lock);
	for (i = 0; i < NIC_RULES && queue < 0; i++)
		if (nic_rule_matches(&nic->rules[i], keys))
			queue = nic->rules[i].spec.ring_cookie;
	spin_unlock_bh(&nic->rules_lock);
	return queue;
}

void nic_rules_clear(struct nic *nic)
{
	spin_lock_bh(&nic->rules_lock);
	memset(nic->rules, 0, sizeof(nic->rules));
	WRITE_ONCE(nic->rule_count, 0);
	spin_unlock_bh(&nic->rules_lock);
}

/* What we could not match must be refused, not ignored. */
static int nic_rule_check(struct nic *nic,
			  const struct ethtool_rx_flow_spec *spec)
{
	if (spec->ring_cookie >= nic->dev->real_num_rx_queues)
		return -EINVAL;
	switch (spec->flow_type) {
	case TCP_V4_FLOW:
		return spec->m_u.tcp_ip4_spec.tos ? -EOPNOTSUPP : 0;
	case TCP_V6_FLOW:
		return spec->m_u.tcp_ip6_spec.tclass ? -EOPNOTSUPP : 0;
	default:
		return -EOPNOTSUPP;
	}
}

static int nic_rule_place(struct nic *nic, u32 wanted)
{
	int i;

	if (wanted < NIC_RULES)
		return wanted;
	if (wanted != RX_CLS_LOC_ANY)
		return -EINVAL;
	for (i = 0; i < NIC_RULES; i++)
		if (!nic->rules[i].used)
			return i;
	return -ENOSPC;
}

static int nic_rule_insert(struct nic *nic, struct ethtool_rx_flow_spec *spec)
{
	int place, err = nic_rule_check(nic, spec);

	if (err)
		return err;
	spin_lock_bh(&nic->rules_lock);
	place = nic_rule_place(nic, spec->location);
	if (place >= 0) {
		spec->location = place;
		WRITE_ONCE(nic->rule_count,
			   nic->rule_count + !nic->rules[place].used);
		nic->rules[place] = (struct nic_rule) { true, *spec };
	}
	spin_unlock_bh(&nic->rules_lock);
	return min(place, 0);
}

static int nic_rule_delete(struct nic *nic, u32 place)
{
	int err = -ENOENT;

	spin_lock_bh(&nic->rules_lock);
	if (place < NIC_RULES && nic->rules[place].used) {
		nic->rules[place].used = false;
		WRITE_ONCE(nic->rule_count, nic->rule_count - 1);
		err = 0;
	}
	spin_unlock_bh(&nic->rules_lock);
	return err;
}

static int nic_rule_get(struct nic *nic, struct ethtool_rx_flow_spec *spec)
{
	if (spec->location >= NIC_RULES || !nic->rules[spec->location].used)
		return -ENOENT;
	*spec = nic->rules[spec->location].spec;
	return 0;
}

static int nic_rules_list(struct nic *nic, struct ethtool_rxnfc *info,
			  u32 *locations)
{
	unsigned int i, n = 0;

	for (i = 0; i < NIC_RULES; i++) {
		if (!nic->rules[i].used)
			continue;
		if (n == info->rule_cnt)
			return -EMSGSIZE;
		locations[n++] = i;
	}
	info->rule_cnt = n;
	info->data = NIC_RULES;
	return 0;
}

/* Reading needs no lock: ethtool's own keeps writers away. */
int nic_get_rxnfc(struct net_device *dev, struct ethtool_rxnfc *info,
		  u32 *locations)
{
	struct nic *nic = netdev_priv(dev);

	switch (info->cmd) {
	case ETHTOOL_GRXRINGS:
		info->data = dev->real_num_rx_queues;
		return 0;
	case ETHTOOL_GRXCLSRLCNT:
		info->rule_cnt = nic->rule_count;
		info->data = NIC_RULES | RX_CLS_LOC_SPECIAL;
		return 0;
	case ETHTOOL_GRXCLSRULE:
		return nic_rule_get(nic, &info->fs);
	case ETHTOOL_GRXCLSRLALL:
		return nic_rules_list(nic, info, locations);
	default:
		return -EOPNOTSUPP;
	}
}

int nic_set_rxnfc(struct net_device *dev, struct ethtool_rxnfc *info)
{
	struct nic *nic = netdev_priv(dev);

	switch (info->cmd) {
	case ETHTOOL_SRXCLSRLINS:
		if (!(dev->features & NETIF_F_NTUPLE))
			return -EOPNOTSUPP;
		return nic_rule_insert(nic, &info->fs);
	case ETHTOOL_SRXCLSRLDEL:
		return nic_rule_delete(nic, info->fs.location);
	default:
		return -EOPNOTSUPP;
	}
}
