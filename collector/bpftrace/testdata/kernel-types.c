/*
 * kernel-types - What the probes read of a kernel, as a kernel has it: compiled with debug information, this is a kernel's
 * BTF in small. KERNEL (612, 616, 700, 703; 704: net-next of September 2026) chooses the layout; with V6 the autorelease
 * series is in it. Members stand in the order of the kernel's headers; what no probe reads is left out.
 */

typedef unsigned char u8;
typedef unsigned short u16;
typedef unsigned int u32;
typedef unsigned long long u64;
typedef unsigned long size_t;
typedef _Bool bool;
typedef unsigned int gfp_t;
typedef unsigned long netmem_ref;

typedef struct { int counter; } atomic_t;
typedef struct { long counter; } atomic_long_t;
typedef struct refcount_struct { atomic_t refs; } refcount_t;
struct percpu_ref_data { atomic_long_t count; };
struct percpu_ref { unsigned long percpu_count_ptr; struct percpu_ref_data *data; };
struct qspinlock { atomic_t val; };
typedef struct qspinlock spinlock_t;

/* include/linux/xarray.h */
struct xarray { spinlock_t xa_lock; u32 xa_flags; void *xa_head; };
struct xa_node {
	u8 shift, offset, count, nr_values;
	struct xa_node *parent;
	struct xarray *array;
	void *slots[64];
};

/* include/linux/genalloc.h, include/linux/dma-buf.h, include/linux/netdevice.h */
struct gen_pool { int min_alloc_order; };
struct dma_buf { size_t size; };
struct dma_buf_attachment { struct dma_buf *dmabuf; };
struct ns_common { unsigned int inum; };
struct net { struct ns_common ns; };
typedef struct { struct net *net; } possible_net_t;
struct net_device { char name[16]; int ifindex; possible_net_t nd_net; };
struct netlink_ext_ack;
struct device;
enum dma_data_direction { DMA_BIDIRECTIONAL, DMA_TO_DEVICE, DMA_FROM_DEVICE, DMA_NONE };

/* include/net/netmem.h, net/core/devmem.h */
struct net_iov;
struct net_iov_area {
	struct net_iov *niovs;
	size_t num_niovs;
	unsigned long base_virtual;
};
struct net_devmem_dmabuf_binding {
#if KERNEL >= 704
	struct net_iov_area area;
#endif
	struct dma_buf *dmabuf;
	struct dma_buf_attachment *attachment;
	struct net_device *dev;
#if KERNEL < 704
	struct gen_pool *chunk_pool;
#endif
#if KERNEL >= 700
	struct percpu_ref ref;
#else
	refcount_t ref;
#endif
	u32 id;
#if KERNEL >= 616
	enum dma_data_direction direction;
#endif
#ifdef V6
	struct net_iov **vec;
#endif
#if KERNEL >= 703
	unsigned int niov_shift;
#endif
};
#if KERNEL < 704
struct dmabuf_genpool_chunk_owner {
#if KERNEL >= 615
	struct net_iov_area area;
#else
	unsigned long base_virtual;
	unsigned long base_dma_addr;
	struct net_iov *niovs;
	size_t num_niovs;
#endif
	struct net_devmem_dmabuf_binding *binding;
};
#endif
struct net_iov {
	unsigned long pp_magic;
#if KERNEL >= 615
	struct net_iov_area *owner;
#else
	struct dmabuf_genpool_chunk_owner *owner;
#endif
#ifdef V6
	atomic_t uref;
#endif
};
struct page_pool { void *mp_priv; };

/* include/net/sock.h, include/net/inet_sock.h, include/linux/tcp.h */
struct in6_addr { union { u8 u6_addr8[16]; u16 u6_addr16[8]; u32 u6_addr32[4]; } in6_u; };
struct sock_common {
	u32 skc_daddr, skc_rcv_saddr;
	u16 skc_dport, skc_num;
	unsigned short skc_family;
	volatile unsigned char skc_state;
	possible_net_t skc_net;
	struct in6_addr skc_v6_daddr, skc_v6_rcv_saddr;
	unsigned long skc_flags;
};
struct skb_frag { netmem_ref netmem; unsigned int len, offset; };
struct skb_shared_info { u8 nr_frags; struct skb_frag frags[17]; };
struct sk_buff {
	struct sk_buff *next, *prev;
	unsigned int len, data_len;
	u8 unreadable : 1;
	unsigned int end;
	unsigned char *head;
};
struct sk_buff_head { union { struct { struct sk_buff *next, *prev; }; }; };
struct inode { u16 i_mode; unsigned long i_ino; };
struct file { struct inode *f_inode; void *private_data; };
struct socket { struct file *file; struct sock *sk; };
struct socket_alloc { struct socket socket; struct inode vfs_inode; };
struct sock {
	struct sock_common __sk_common;
	struct sk_buff_head sk_receive_queue;
	u16 sk_protocol;
	struct socket *sk_socket;
#ifdef V6
	struct {
		struct xarray frags;
		struct net_devmem_dmabuf_binding *binding;
		atomic_t outstanding_urefs;
		bool autorelease;
	} sk_devmem_info;
#else
	struct xarray sk_user_frags;
#endif
};
struct inet_sock { struct sock sk; u16 inet_sport; };
struct tcp_sock { struct inet_sock inet; u64 bytes_received; };
struct msghdr { unsigned int msg_flags; size_t msg_controllen; };
typedef struct { union { void *kernel; void *user; }; bool is_kernel : 1; } sockptr_t;
struct dmabuf_cmsg { u64 frag_offset; u32 frag_size, frag_token, dmabuf_id, flags; };
struct dmabuf_token { u32 token_start, token_count; };
/* net/ipv4/tcp.c */
struct tcp_xa_pool { u8 max, idx; u32 tokens[17]; netmem_ref netmems[17]; };
struct scm_timestamping_internal;

/* include/linux/bpf.h */
struct bpf_prog_aux { const char *attach_func_name; };
struct bpf_prog { struct bpf_prog_aux *aux; };
struct seq_file;
struct bpf_iter_meta { struct seq_file *seq; u64 session_id, seq_num; };
struct task_struct { int pid; };
struct bpf_iter__tcp { struct bpf_iter_meta *meta; struct sock_common *sk_common; u32 uid; };
struct bpf_iter__task_file { struct bpf_iter_meta *meta; struct task_struct *task; u32 fd; struct file *file; };

/* Types that are only met behind a cast are kept by a variable each. */
struct skb_shared_info shared_info;
struct dmabuf_cmsg cmsg;
struct dmabuf_token token;
struct tcp_sock a_tcp_sock;
struct socket_alloc a_socket;
struct xa_node a_node;
struct bpf_iter__tcp a_tcp_iterator;
struct bpf_iter__task_file a_file_iterator;
struct net_iov a_page;
#if KERNEL < 704
struct dmabuf_genpool_chunk_owner a_chunk_owner;
#endif

int bpf_iter_tcp(struct bpf_iter_meta *meta, struct sock_common *sk_common, u32 uid) { return 0; }
int bpf_iter_task_file(struct bpf_iter_meta *meta, struct task_struct *task, u32 fd, struct file *file) { return 0; }
int bpf_iter_run_prog(struct bpf_prog *prog, void *ctx) { return 0; }
void tcp_xa_pool_commit_locked(struct sock *sk, struct tcp_xa_pool *p) {}
int tcp_recvmsg_dmabuf(struct sock *sk, const struct sk_buff *skb, unsigned int offset, struct msghdr *msg, int remaining_len) { return 0; }
int tcp_recvmsg_locked(struct sock *sk, struct msghdr *msg, size_t len, int flags, struct scm_timestamping_internal *tss, int *cmsg_flags) { return 0; }
int put_cmsg_notrunc(struct msghdr *msg, int level, int type, int len, void *data) { return 0; }
int sock_devmem_dontneed(struct sock *sk, sockptr_t optval, unsigned int optlen) { return 0; }
void tcp_close(struct sock *sk, long timeout) {}
void tcp_v4_destroy_sock(struct sock *sk) {}
void native_queued_spin_lock_slowpath(struct qspinlock *lock, u32 val) {}
void __pv_queued_spin_lock_slowpath(struct qspinlock *lock, u32 val) {}
void queued_spin_lock_slowpath(struct qspinlock *lock, u32 val) {}
#if KERNEL >= 703
struct net_devmem_dmabuf_binding *net_devmem_bind_dmabuf(struct net_device *dev, void *vdev, struct device *dma_dev, enum dma_data_direction direction, unsigned int fd, unsigned int niov_shift, void *priv, struct netlink_ext_ack *extack) { return 0; }
#elif KERNEL >= 616
struct net_devmem_dmabuf_binding *net_devmem_bind_dmabuf(struct net_device *dev, struct device *dma_dev, enum dma_data_direction direction, unsigned int fd, void *priv, struct netlink_ext_ack *extack) { return 0; }
#else
struct net_devmem_dmabuf_binding *net_devmem_bind_dmabuf(struct net_device *dev, unsigned int fd, struct netlink_ext_ack *extack) { return 0; }
#endif
int net_devmem_bind_dmabuf_to_queue(struct net_device *dev, u32 rxq_idx, struct net_devmem_dmabuf_binding *binding, struct netlink_ext_ack *extack) { return 0; }
void net_devmem_unbind_dmabuf(struct net_devmem_dmabuf_binding *binding) {}
void netdev_nl_sock_priv_destroy(void *priv) {}
void dma_buf_detach(struct dma_buf *dmabuf, struct dma_buf_attachment *attach) {}
netmem_ref mp_dmabuf_devmem_alloc_netmems(struct page_pool *pool, gfp_t gfp) { return 0; }
#ifdef V6
int sock_devmem_set_autorelease(struct sock *sk, sockptr_t optval, unsigned int optlen) { return 0; }
#endif
