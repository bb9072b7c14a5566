import type { ManualReference } from './manual';

/** One bit, or a run of neighbouring bits, of a register or structure. */
export interface BitField<Id extends string = string> {
  /** The name of its constant: an identifier. */
  readonly id: Id;
  /** The name the manual gives it. */
  readonly name: string;
  /** Position of its lowest bit. */
  readonly low: number;
  /** Number of bits. */
  readonly width: number;
  /** One sentence for a reader who meets it for the first time (English; translate on display). */
  readonly gloss: string;
  /** What its values mean, where they are named. */
  readonly values?: Readonly<Record<number, string>>;
}

/** All named bits of one register or structure. Bits in no field are reserved. */
export interface BitTable<F extends readonly BitField[] = readonly BitField[]> {
  readonly name: string;
  readonly section: ManualReference;
  readonly fields: F;
}

/** A field together with what a value holds in it. */
export interface DecodedField {
  readonly field: BitField;
  readonly value: bigint;
  /** The meaning of the value, where the table names it (English; translate on display). */
  readonly meaning: string | undefined;
}

/** A single bit whose constant and name are the same. */
export function bit<const Id extends string>(
  id: Id,
  low: number,
  gloss: string,
  values?: Readonly<Record<number, string>>,
): BitField<Id> {
  return range(id, low, low, gloss, values);
}

/** Bits high:low, written in the manual's order. */
export function range<const Id extends string>(
  id: Id,
  high: number,
  low: number,
  gloss: string,
  values?: Readonly<Record<number, string>>,
): BitField<Id> {
  const width = high - low + 1;
  return { id, name: id, low, width, gloss, ...(values && { values }) };
}

/** The same field under the name the manual gives it, where that is no identifier. */
export function named<Id extends string>(name: string, field: BitField<Id>): BitField<Id> {
  return { ...field, name };
}

export function table<const F extends readonly BitField[]>(
  name: string,
  section: ManualReference,
  fields: F,
): BitTable<F> {
  return { name, section, fields };
}

/** The mask of bits high:low, written in the manual's order. */
export function bits(high: number, low: number): bigint {
  return ((1n << BigInt(high - low + 1)) - 1n) << BigInt(low);
}

/** The mask of a field in place, as a bigint. */
export function maskOf(field: BitField): bigint {
  return bits(field.low + field.width - 1, field.low);
}

/** A value moved up to where its field is, for fields of 32-bit structures (as a signed number). */
export function place(field: BitField, value: number): number {
  return value << field.low;
}

/** The value of one field in `value`, moved down to bit 0. */
export function extract(field: BitField, value: bigint | number): bigint {
  return (BigInt(value) & maskOf(field)) >> BigInt(field.low);
}

/** Every field of the table with its value, in the order of the table. */
export function decodeBits(
  fields: readonly BitField[] | BitTable,
  value: bigint | number,
): DecodedField[] {
  const list = 'fields' in fields ? fields.fields : fields;
  return list.map((field) => {
    const found = extract(field, value);
    return { field, value: found, meaning: field.values?.[Number(found)] };
  });
}

/** Names of the single bits that are set, highest first, as registers are usually written. */
export function setBits(fields: readonly BitField[] | BitTable, value: bigint | number): string[] {
  return decodeBits(fields, value)
    .filter(({ field, value: found }) => field.width === 1 && found === 1n)
    .sort((a, b) => b.field.low - a.field.low)
    .map(({ field }) => field.name);
}

/** The bits that belong to no field: reserved. `size` is the width of the register in bits. */
export function reservedBits(fields: readonly BitField[] | BitTable, size: number): bigint {
  const list = 'fields' in fields ? fields.fields : fields;
  const all = (1n << BigInt(size)) - 1n;
  return list.reduce((rest, field) => rest & ~maskOf(field), all);
}

type Ids<T extends BitTable> = T['fields'][number]['id'];

/**
 * The masks of a table as named constants. They are exact numbers: for fields within the lower 52
 * bits. Bit 31 is positive, so `value & mask` must be compared with 0, not with the mask.
 */
export function masksOf<T extends BitTable>(of: T): { readonly [Id in Ids<T>]: number } {
  const entries = of.fields
    .filter((field) => field.low + field.width <= 52)
    .map((field) => [field.id, Number(maskOf(field))]);
  return Object.fromEntries(entries) as { readonly [Id in Ids<T>]: number };
}

/** The fields of a table by their names. */
export function fieldsOf<T extends BitTable>(of: T): { readonly [Id in Ids<T>]: BitField } {
  return Object.fromEntries(of.fields.map((field) => [field.id, field])) as {
    readonly [Id in Ids<T>]: BitField;
  };
}

/** The masks of a table of 64-bit values as named bigint constants. */
export function wideMasksOf<T extends BitTable>(of: T): { readonly [Id in Ids<T>]: bigint } {
  return Object.fromEntries(of.fields.map((field) => [field.id, maskOf(field)])) as {
    readonly [Id in Ids<T>]: bigint;
  };
}
