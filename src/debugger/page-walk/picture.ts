/** The walk of one linear address as something to draw: plain values and texts, without any protocol. */
export interface WalkPicture {
  /** 'GVA 0x7c00' */
  readonly address: string;
  /** 'write, user mode, from [rbx]' */
  readonly access: string;
  /** The address in pieces, from its highest bits on; none where paging is off. */
  readonly parts: readonly AddressPart[];
  /** Where the walk begins: 'CR3 → 0x10000'. */
  readonly root?: string;
  /** What there is to know before one looks: that paging is off, that nothing is walked. */
  readonly note?: string;
  /** The second dimension, where there is one. */
  readonly second?: SecondDimension;
  /** One for each level of the tables, and one for the page. */
  readonly columns: readonly WalkColumn[];
  /** What hardware walks instead of the guest's tables. */
  readonly shadow?: ShadowWalk;
  readonly stop?: StopText;
  /** Where it leads to: 'GPA 0x323456', 'HPA 0x1e7456'. */
  readonly results: readonly string[];
  /** 'page of 2 MB' */
  readonly pageSize?: string;
  /** How many entries the processor reads from memory. */
  readonly references: number;
  readonly tlb: TlbText;
  /** 'supervisor mode may: read, write' */
  readonly rights?: string;
}

/** Bits high:low of a linear address. */
export interface AddressPart {
  /** Which level's table they index; 0: the offset within the page, 'sign': bits that only repeat the highest one. */
  readonly level: number | 'sign';
  /** 'PML4', 'offset' */
  readonly name: string;
  readonly high: number;
  readonly low: number;
  /** An index in decimal, an offset in hexadecimal. */
  readonly value: string;
}

export interface SecondDimension {
  /** 'EPT', 'NPT', 'memory map' */
  readonly name: string;
  /** The names of its levels, from the top down. */
  readonly levels: readonly SecondLevelName[];
}

export interface SecondLevelName {
  readonly level: number;
  readonly name: string;
}

/** A guest-physical address on its way through the second level, and the entry that lies there. */
export interface WalkColumn {
  readonly id: string;
  /** Of the guest's tables; 0: the page itself. */
  readonly level: number;
  /** What is looked for: 'PML4E', 'page'. */
  readonly name: string;
  /** 'GPA 0x10800'; absent where the walk does not come so far. */
  readonly address?: string;
  readonly second: readonly WalkCell[];
  /** The entry; the column of the page has none. */
  readonly entry?: WalkCell;
  /** Where the address leads to: 'HPA 0x5a3800'. */
  readonly host?: string;
}

/** An entry. */
export interface WalkCell {
  /** The same at every stop. */
  readonly id: string;
  readonly level: number;
  /** 'PML4E[256]' */
  readonly name: string;
  /** Which of the processor's memory references reads it, from 1; absent where none does. */
  readonly order?: number;
  readonly value: string;
  /** 'P W U A' */
  readonly flags: string;
  /** 'GPA 0x10800 = HPA 0x5a3800' */
  readonly place: string;
  /** The walk ends here. */
  readonly stops?: boolean;
  /** Its bits: name, value, meaning, in the order of the manual's table. */
  readonly bits: readonly BitText[];
}

export interface BitText {
  readonly name: string;
  readonly value: string;
  readonly gloss: string;
}

export interface ShadowWalk {
  readonly name: string;
  readonly cells: readonly WalkCell[];
  /** Where it ends. */
  readonly end: string;
}

/** Why a walk does not come to its end. */
export interface StopText {
  /** 'Reference 20: PTE[291]' */
  readonly title: string;
  /** 'read-only' */
  readonly why: string;
  /** '#PF (0x7 US WR P), CR2 = 0x40000'; 'exit qualification 0x181'; '' where there is no more to say. */
  readonly outcome: string;
  readonly receiver: 'guest' | 'vmm';
  /** 'the guest’s own handler receives it' */
  readonly receiverText: string;
}

export interface TlbText {
  readonly state: 'hit' | 'stale' | 'miss';
  readonly text: string;
}
