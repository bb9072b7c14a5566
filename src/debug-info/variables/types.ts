import { Op } from '../locations/evaluate';
import { Attribute, Tag } from '../reading/dwarf-names';
import type { Troubles } from '../reading/troubles';
import type { Entry, Unit } from '../reading/unit';

/** Types of C as a debugger needs them (DWARF 5, chapter 5). What a type refers to is read when somebody asks. */
export type Type =
  | { readonly kind: 'void' }
  | {
      readonly kind: 'base';
      readonly name: string;
      readonly size: number;
      readonly encoding: Encoding;
    }
  | {
      readonly kind: 'pointer';
      readonly size: number;
      readonly target: Type;
      readonly mark: string;
    }
  | { readonly kind: 'array'; readonly element: Type; readonly count: number }
  | {
      readonly kind: 'struct';
      readonly name: string;
      readonly size: number;
      readonly members: readonly Member[];
    }
  | {
      readonly kind: 'enum';
      readonly name: string;
      readonly size: number;
      readonly values: ReadonlyMap<bigint, string>;
    }
  | { readonly kind: 'named'; readonly name: string; readonly type: Type }
  | { readonly kind: 'function'; readonly name: string };

export type Encoding = 'signed' | 'unsigned' | 'character' | 'truth' | 'real';

export interface Member {
  /** Empty of an unnamed struct or union, whose members are the outer one's, too. */
  readonly name: string;
  readonly type: Type;
  readonly offset: number;
  /** Of a bit field: its first bit from the lowest of the struct on, and how many it has. */
  readonly bits: { readonly from: number; readonly count: number } | undefined;
}

const ENCODINGS: Readonly<Record<number, Encoding>> = {
  0x02: 'truth',
  0x04: 'real',
  0x05: 'signed',
  0x06: 'character',
  0x07: 'unsigned',
  0x08: 'character',
  0x10: 'character',
};
const VOID: Type = { kind: 'void' };
/** Qualifiers, and types that refer to themselves by damage. */
const DEEPEST = 64;

export class Types {
  private readonly known = new Map<number, Type>();

  /** @param unitAt the unit that an offset of `.debug_info` lies in */
  constructor(
    private readonly unitAt: (offset: number) => Unit | undefined,
    private readonly troubles: Troubles,
  ) {}

  /** The type of an entry. @throws DebugInfoError */
  of(entry: Entry, depth = 0): Type {
    const value = entry.attributes.get(Attribute.TYPE);
    return value?.kind === 'reference' ? this.at(value.value, depth) : VOID;
  }

  private at(offset: number, depth: number): Type {
    const known = this.known.get(offset);
    if (known || depth > DEEPEST) return known ?? VOID;
    const unit = this.unitAt(offset);
    const entry = unit?.entryAt(offset);
    const type = unit && entry ? this.read(unit, entry, depth + 1) : VOID;
    this.known.set(offset, type);
    return type;
  }

  private read(unit: Unit, entry: Entry, depth: number): Type {
    const name = unit.text(entry, Attribute.NAME) ?? '';
    const size = (otherwise: number): number =>
      Number(unit.number(entry, Attribute.BYTE_SIZE) ?? BigInt(otherwise));
    switch (entry.tag) {
      case Tag.BASE_TYPE: {
        const number = Number(unit.number(entry, Attribute.ENCODING) ?? 0n);
        const encoding = ENCODINGS[number] ?? 'unsigned';
        return { kind: 'base', name, size: size(0), encoding };
      }
      case Tag.POINTER_TYPE:
        return this.pointer(entry, size(unit.addressSize), '*');
      case Tag.REFERENCE_TYPE:
      case Tag.RVALUE_REFERENCE_TYPE:
        return this.pointer(entry, size(unit.addressSize), '&');
      case Tag.TYPEDEF:
        return { kind: 'named', name, type: this.of(entry, depth) };
      case Tag.CONST_TYPE:
      case Tag.VOLATILE_TYPE:
      case Tag.RESTRICT_TYPE:
      case Tag.ATOMIC_TYPE:
        return this.of(entry, depth);
      case Tag.STRUCTURE_TYPE:
      case Tag.CLASS_TYPE:
      case Tag.UNION_TYPE:
        return this.struct(unit, entry, size(0), name);
      case Tag.ENUMERATION_TYPE:
        return this.enumeration(unit, entry, size(4), name);
      case Tag.ARRAY_TYPE:
        return this.array(unit, entry, depth);
      case Tag.SUBROUTINE_TYPE:
        return { kind: 'function', name };
      default:
        return VOID;
    }
  }

  /** What it points to is read when somebody asks: lists point to themselves. */
  private pointer(entry: Entry, size: number, mark: string): Type {
    const of = (): Type => this.troubles.guarded(() => this.of(entry), VOID);
    return {
      kind: 'pointer',
      size,
      mark,
      get target() {
        return of();
      },
    };
  }

  private struct(unit: Unit, entry: Entry, size: number, name: string): Type {
    const read = (): Member[] => this.troubles.guarded(() => this.members(unit, entry), []);
    let members: readonly Member[] | undefined;
    const word = entry.tag === Tag.UNION_TYPE ? 'union' : 'struct';
    return {
      kind: 'struct',
      name: `${word} ${name}`.trim(),
      size,
      get members() {
        return (members ??= read());
      },
    };
  }

  private members(unit: Unit, struct: Entry): Member[] {
    const members: Member[] = [];
    for (const { entry, depth } of unit.below(struct)) {
      if (depth !== 1 || entry.tag !== Tag.MEMBER) continue;
      const type = this.of(entry);
      const offset = memberOffset(unit, entry);
      const name = unit.text(entry, Attribute.NAME) ?? '';
      members.push({ name, type, offset, bits: bitField(unit, entry, offset, sizeOf(type)) });
    }
    return members;
  }

  private enumeration(unit: Unit, entry: Entry, size: number, name: string): Type {
    const values = new Map<bigint, string>();
    for (const { entry: each } of unit.below(entry)) {
      const value = unit.number(each, Attribute.CONST_VALUE);
      if (value !== undefined) values.set(value, unit.text(each, Attribute.NAME) ?? '');
    }
    return { kind: 'enum', name: `enum ${name}`.trim(), size, values };
  }

  private array(unit: Unit, entry: Entry, depth: number): Type {
    const counts: number[] = [];
    for (const { entry: each } of unit.below(entry)) {
      if (each.tag !== Tag.SUBRANGE_TYPE) continue;
      const bound = unit.number(each, Attribute.UPPER_BOUND);
      const count = unit.number(each, Attribute.COUNT) ?? (bound === undefined ? 0n : bound + 1n);
      counts.push(Number(BigInt.asUintN(32, count)));
    }
    return counts.reduceRight<Type>(
      (element, count) => ({ kind: 'array', element, count }),
      this.of(entry, depth),
    );
  }
}

/** In DWARF 2 it is an expression that adds a constant. */
function memberOffset(unit: Unit, entry: Entry): number {
  const block = unit.block(entry, Attribute.DATA_MEMBER_LOCATION);
  if (!block) return Number(unit.number(entry, Attribute.DATA_MEMBER_LOCATION) ?? 0n);
  return block.u8() === Op.PLUS_UCONST ? block.uleb() : 0;
}

function bitField(unit: Unit, entry: Entry, offset: number, storage: number): Member['bits'] {
  const count = unit.number(entry, Attribute.BIT_SIZE);
  if (count === undefined) return undefined;
  const from = unit.number(entry, Attribute.DATA_BIT_OFFSET);
  if (from !== undefined) return { from: Number(from), count: Number(count) };
  // Up to DWARF 3 counted from the highest bit of the storage.
  const high = unit.number(entry, Attribute.BIT_OFFSET) ?? 0n;
  const size = Number(unit.number(entry, Attribute.BYTE_SIZE) ?? BigInt(storage));
  return { from: offset * 8 + size * 8 - Number(high) - Number(count), count: Number(count) };
}

/** Bytes that a value takes. */
export function sizeOf(type: Type): number {
  switch (type.kind) {
    case 'named':
      return sizeOf(type.type);
    case 'array':
      return type.count * sizeOf(type.element);
    case 'void':
    case 'function':
      return 0;
    default:
      return type.size;
  }
}

/** The type behind its names. */
export const bare = (type: Type): Type => (type.kind === 'named' ? bare(type.type) : type);

/** Damage may make a type part of itself. */
const LONGEST_NAME = 16;

/** As C writes it. */
export function typeText(type: Type, depth = 0): string {
  if (depth > LONGEST_NAME) return '…';
  switch (type.kind) {
    case 'pointer': {
      const { target, mark } = type;
      const name = typeText(target, depth + 1);
      return `${name}${name.endsWith('*') ? '' : ' '}${mark}`;
    }
    case 'array': {
      const counts: number[] = [];
      let element: Type = type;
      for (; element.kind === 'array'; element = element.element) counts.push(element.count);
      return `${typeText(element, depth + 1)}${counts.map((count) => `[${String(count)}]`).join('')}`;
    }
    case 'void':
      return 'void';
    case 'function':
      return 'function';
    default:
      return type.name;
  }
}
