// btf - Reads a kernel's own description of its types: which structs have which members, and which functions there are.
//
// The format is that of Documentation/bpf/btf.rst and include/uapi/linux/btf.h; numbers have the byte order of the kernel.

const MAGIC = 0xeb9f;
const KIND = {
  pointer: 2,
  struct: 4,
  union: 5,
  forward: 7,
  typedef: 8,
  volatile: 9,
  const: 10,
  restrict: 11,
  function: 12,
  typeTag: 18,
} as const;
const AGGREGATES: ReadonlySet<number> = new Set([KIND.struct, KIND.union]);
/** Kinds that are another type, with something said about it. */
const TRANSPARENT: ReadonlySet<number> = new Set([
  KIND.pointer,
  KIND.typedef,
  KIND.volatile,
  KIND.const,
  KIND.restrict,
  KIND.typeTag,
]);

/** struct btf_type: name_off, info, size or type. */
const TYPE_BYTES = 12;
/** struct btf_member: name_off, type, offset. */
const MEMBER_BYTES = 12;
/** Bytes that follow a struct btf_type, by its kind: a fixed number, and a number for each of its vlen entries. */
const TRAILS: Readonly<Record<number, readonly [number, number]>> = {
  1: [4, 0], // BTF_KIND_INT
  3: [12, 0], // BTF_KIND_ARRAY
  4: [0, MEMBER_BYTES], // BTF_KIND_STRUCT
  5: [0, MEMBER_BYTES], // BTF_KIND_UNION
  6: [0, 8], // BTF_KIND_ENUM
  13: [0, 8], // BTF_KIND_FUNC_PROTO
  14: [4, 0], // BTF_KIND_VAR
  15: [0, 12], // BTF_KIND_DATASEC
  17: [4, 0], // BTF_KIND_DECL_TAG
  19: [0, 12], // BTF_KIND_ENUM64
};

/** The types of one kernel. */
export class Btf {
  readonly #raw: Buffer;
  readonly #view: DataView;
  readonly #isLittle: boolean;
  readonly #strings: number;
  /** Where each type begins, by its id; 0 is void. */
  readonly #types: number[] = [0];
  /** Structs and functions, each by where its name is in the strings. */
  readonly #structs = new Map<number, number>();
  readonly #functions = new Set<number>();

  /**
   * @param raw what /sys/kernel/btf/vmlinux has: 4 to 8 MB
   * @throws RangeError if it is not BTF, or ends too soon
   */
  constructor(raw: Buffer) {
    this.#raw = raw;
    this.#view = new DataView(raw.buffer, raw.byteOffset, raw.byteLength);
    this.#isLittle = raw.readUInt16LE(0) === MAGIC;
    if (!this.#isLittle && raw.readUInt16BE(0) !== MAGIC) throw new RangeError("no BTF magic");
    const header = this.#number(4);
    this.#strings = header + this.#number(16);
    this.#readTypes(header + this.#number(8), this.#number(12));
  }

  /**
   * Whether there is what `path` names: "tcp_close()" a function, "net_iov" a struct, "sock.sk_user_frags.xa_head" a member of
   * a member. Pointers are followed, and members of unnamed structs and unions belong to what these are in.
   */
  has(path: string): boolean {
    if (path.endsWith("()")) return this.#functions.has(this.#nameOffset(path.slice(0, -2)));
    const [struct = "", ...members] = path.split(".");
    let type = this.#structs.get(this.#nameOffset(struct));
    for (const member of members) type = type === undefined ? undefined : this.#memberOf(type, member);
    return type !== undefined;
  }

  #readTypes(from: number, bytes: number): void {
    for (let at = from; at < from + bytes; ) {
      const info = this.#number(at + 4);
      const kind = kindIn(info);
      const id = this.#types.push(at) - 1;
      if (kind === KIND.struct) this.#structs.set(this.#number(at), id);
      if (kind === KIND.function) this.#functions.add(this.#number(at));
      const [fixed, each] = TRAILS[kind] ?? [0, 0];
      at += TYPE_BYTES + fixed + each * (info & 0xffff);
    }
  }

  /** The type of a member; undefined: there is none of this name. */
  #memberOf(type: number, member: string): number | undefined {
    const at = this.#aggregate(type);
    if (at === undefined) return undefined;
    const name = this.#nameOffset(member);
    const members = Array.from(
      { length: this.#number(at + 4) & 0xffff },
      (_, i) => at + TYPE_BYTES + i * MEMBER_BYTES,
    );
    const found = members.find((one) => this.#number(one) === name);
    if (found !== undefined) return this.#number(found + 4);
    const unnamed = members.filter((one) => this.#number(one) === 0);
    return unnamed
      .map((one) => this.#memberOf(this.#number(one + 4), member))
      .find((one) => one !== undefined);
  }

  /** Where the struct or union begins that a type is, or points to. */
  #aggregate(type: number): number | undefined {
    const at = this.#types[type];
    if (!at) return undefined;
    const kind = kindIn(this.#number(at + 4));
    if (AGGREGATES.has(kind)) return at;
    if (TRANSPARENT.has(kind)) return this.#aggregate(this.#number(at + 8));
    const declared = kind === KIND.forward ? this.#structs.get(this.#number(at)) : undefined;
    return declared === undefined ? undefined : this.#types[declared];
  }

  /** Where a name is in the strings, each of which BTF has once; -1: nothing has this name. */
  #nameOffset(name: string): number {
    const found = this.#raw.indexOf(`\0${name}\0`, this.#strings);
    return found < 0 ? -1 : found + 1 - this.#strings;
  }

  #number(at: number): number {
    return this.#view.getUint32(at, this.#isLittle);
  }
}

function kindIn(info: number): number {
  return (info >>> 24) & 0x1f;
}
