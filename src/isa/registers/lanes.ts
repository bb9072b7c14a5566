/** How the bits of a vector register are read: as so many numbers side by side (SDM 1 4.6, 4.8). */
export interface LaneType {
  /** As expressions spell it: `xmm0.f32[1]`. */
  readonly name: 'f32' | 'f64' | 'i8' | 'u8' | 'i16' | 'u16' | 'i32' | 'u32' | 'i64' | 'u64';
  readonly kind: 'float' | 'signed' | 'unsigned';
  readonly bits: 8 | 16 | 32 | 64;
  /** What gdb calls it behind the number of lanes: `v4_float`. */
  readonly gdb?: string;
}

export const LANE_TYPES: readonly LaneType[] = [
  { name: 'f32', kind: 'float', bits: 32, gdb: 'float' },
  { name: 'f64', kind: 'float', bits: 64, gdb: 'double' },
  { name: 'i8', kind: 'signed', bits: 8, gdb: 'int8' },
  { name: 'u8', kind: 'unsigned', bits: 8 },
  { name: 'i16', kind: 'signed', bits: 16, gdb: 'int16' },
  { name: 'u16', kind: 'unsigned', bits: 16 },
  { name: 'i32', kind: 'signed', bits: 32, gdb: 'int32' },
  { name: 'u32', kind: 'unsigned', bits: 32 },
  { name: 'i64', kind: 'signed', bits: 64, gdb: 'int64' },
  { name: 'u64', kind: 'unsigned', bits: 64 },
];

const GDB = /^v(\d+)_(\w+)$/;

/** The lanes of this name in a register of so many bits: `f32`, or gdb's `v4_float`, any case. */
export function laneType(name: string, width: number): LaneType | undefined {
  const lower = name.toLowerCase();
  const [, count, type] = GDB.exec(lower) ?? [];
  if (type === undefined) return LANE_TYPES.find((lane) => lane.name === lower);
  return LANE_TYPES.find(({ gdb, bits }) => gdb === type && Number(count) * bits === width);
}

/** One lane of a register's value, as its bits; lane 0 is the lowest. */
export function laneOf(value: bigint, { bits }: LaneType, index: number): bigint {
  return BigInt.asUintN(bits, value >> BigInt(bits * index));
}

/** The register's value with other bits in one lane. */
export function withLane(value: bigint, { bits }: LaneType, index: number, lane: bigint): bigint {
  const at = BigInt(bits * index);
  return value ^ ((BigInt.asUintN(bits, lane) ^ BigInt.asUintN(bits, value >> at)) << at);
}
