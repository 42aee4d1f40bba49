// cmsg - Reads devmem's control messages from recvmsg's control buffer (64-bit little-endian layout).

const SOL_SOCKET = 1;
const SCM_DEVMEM_LINEAR = 78;
const SCM_DEVMEM_DMABUF = 79;
const HEADER = 16; // struct cmsghdr: u64 len, s32 level, s32 type
const FRAG_SIZE = HEADER + 8; // struct dmabuf_cmsg: u64 offset, u32 size, u32 token, u32 dmabuf_id, u32 flags
const FRAG_TOKEN = HEADER + 12;
const DMABUF_ID = HEADER + 16;

/** Bytes one struct dmabuf_cmsg takes in a control buffer (CMSG_SPACE(24)). */
export const CMSG_SPACE = 40;

/** What one recvmsg call handed out; one object is filled again and again. */
export class Issue {
  /** The first `count` are the tokens, in the order of the stream. */
  readonly tokens: Uint32Array;
  /** The pages of the dma-buf they lie in. */
  readonly pages: Uint32Array;
  count = 0;
  dmabufBytes = 0;
  linearBytes = 0;
  linearCmsgs = 0;
  /** Of the last token. */
  dmabufId = 0;

  constructor(room: number) {
    this.tokens = new Uint32Array(room);
    this.pages = new Uint32Array(room);
  }
}

/** Fills `issue` from the first `length` bytes of `control`; cmsgs of other kinds are passed over. */
export function readIssue(control: DataView, length: number, issue: Issue): void {
  issue.count = issue.dmabufBytes = issue.linearBytes = issue.linearCmsgs = 0;
  for (let at = 0; at + HEADER <= length; ) {
    const size = control.getUint32(at, true);
    if (size < HEADER || at + size > length) return;
    if (control.getInt32(at + 8, true) === SOL_SOCKET) readCmsg(control, at, issue);
    at += (size + 7) & ~7;
  }
}

function readCmsg(control: DataView, at: number, issue: Issue): void {
  const type = control.getInt32(at + 12, true);
  if (type === SCM_DEVMEM_DMABUF) {
    issue.pages[issue.count] = pageAt(control, at + HEADER);
    issue.tokens[issue.count++] = control.getUint32(at + FRAG_TOKEN, true);
    issue.dmabufBytes += control.getUint32(at + FRAG_SIZE, true);
    issue.dmabufId = control.getUint32(at + DMABUF_ID, true);
  } else if (type === SCM_DEVMEM_LINEAR) {
    issue.linearCmsgs++;
    issue.linearBytes += control.getUint32(at + FRAG_SIZE, true);
  }
}

/** The u64 frag_offset in pages of 4096 bytes. */
function pageAt(control: DataView, at: number): number {
  return control.getUint32(at + 4, true) * 2 ** 20 + (control.getUint32(at, true) >>> 12);
}
