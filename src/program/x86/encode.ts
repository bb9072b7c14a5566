import * as l10n from '@vscode/l10n';
import { Encoder, Instruction, Mnemonic, OpCodeOperandKind as K, OpKind, Register } from 'iced-x86';
import type { Operand, Prefixes } from '../statement';
import { resolve, type Value } from '../value';
import type { Form } from './forms';
import type { Match, Slot } from './match';
import type { ImmediateInfo } from './operand-kinds';
import { numberOf } from './registers';

/** Where and how an instruction is encoded. */
export interface Target {
  readonly bits: 16 | 32 | 64;
  /** Virtual address of the first byte after the prefixes given as words. */
  readonly ip: bigint;
  /** Bytes from `ip` to the end of the instruction, for short branches; 0 while not final. */
  readonly length: number;
  /** What stands before the mnemonic. */
  readonly prefixes: Prefixes;
  /** Address size of implicit memory operands. */
  readonly addressSize: 16 | 32 | 64;
  /** False while the length alone matters: section addresses are not known yet. */
  readonly final: boolean;
}

const encoders = new Map<number, Encoder>();
let shared: Instruction | undefined;

function encoderFor(bits: number): Encoder {
  let encoder = encoders.get(bits);
  if (!encoder) {
    encoder = new Encoder(bits);
    encoders.set(bits, encoder);
  }
  return encoder;
}

const IMPLICIT: Readonly<Record<number, Readonly<Record<16 | 32 | 64, number>>>> = {
  [K.seg_rSI]: { 16: OpKind.MemorySegSI, 32: OpKind.MemorySegESI, 64: OpKind.MemorySegRSI },
  [K.seg_rDI]: { 16: OpKind.MemorySegDI, 32: OpKind.MemorySegEDI, 64: OpKind.MemorySegRDI },
  [K.es_rDI]: { 16: OpKind.MemoryESDI, 32: OpKind.MemoryESEDI, 64: OpKind.MemoryESRDI },
};

const BX = { 16: Register.BX, 32: Register.EBX, 64: Register.RBX } as const;

function immediateKind(info: ImmediateInfo, second: boolean): number {
  switch (info.bits) {
    case 16:
      return OpKind.Immediate16;
    case 32:
      return info.width === 64 ? OpKind.Immediate32to64 : OpKind.Immediate32;
    case 64:
      return OpKind.Immediate64;
    default:
      if (second) return OpKind.Immediate8_2nd;
      if (info.width === 16) return OpKind.Immediate8to16;
      if (info.width === 32) return OpKind.Immediate8to32;
      return info.width === 64 ? OpKind.Immediate8to64 : OpKind.Immediate8;
  }
}

/** The number behind a value; while only the length matters, section addresses count as 0. */
const numeric = (value: Value, target: Target): bigint => (target.final ? resolve(value) : value.n);

function setMemory(
  insn: Instruction,
  { address, offset }: Extract<Slot, { kind: 'memory' }>,
  form: Form,
  target: Target,
): void {
  const { displacementBits, addressSize } = address;
  const compressible = form.evex && address.compressible;
  insn.memoryBase = address.base;
  insn.memoryIndex = address.index;
  insn.memoryIndexScale = address.scale;
  let n = numeric(address.displacement, target);
  if (address.relative) {
    insn.memoryDisplSize = addressSize / 8;
    // A distance that does not fit is cut to 32 bits.
    const next = target.ip + BigInt(target.length);
    n = target.final ? next + BigInt.asIntN(32, n - next) : target.ip;
  } else if (compressible) {
    // Where EVEX can scale the byte iced-x86 does so; otherwise it takes the full width.
    insn.memoryDisplSize = 1;
  } else if (displacementBits === 8) {
    insn.memoryDisplSize = 1;
    n = BigInt.asIntN(addressSize, n);
    if (n < -128n || n > 127n) n = BigInt.asIntN(8, n);
  } else {
    insn.memoryDisplSize = displacementBits === 0 ? 0 : addressSize / 8;
    if (!offset && addressSize === 64) n = BigInt.asIntN(32, n);
  }
  insn.memoryDisplacement = BigInt.asUintN(addressSize, n);
}

function setBranch(
  insn: Instruction,
  i: number,
  slot: Extract<Slot, { kind: 'branch' }>,
  form: Form,
  target: Target,
): void {
  let n = target.final ? resolve(slot.value) : target.ip;
  if (slot.info.bits === 8 && target.final) {
    // Cut distances that do not fit; where that matters an error was given before.
    const next = target.ip + BigInt(target.length);
    n = next + BigInt.asIntN(8, n - next);
  }
  let width: number = slot.info.width;
  if (form.mnemonic === Mnemonic.Xbegin) width = target.bits === 64 ? 64 : 32;
  if (width === 64) {
    insn.setOpKind(i, OpKind.NearBranch64);
    insn.nearBranch64 = BigInt.asUintN(64, n);
  } else if (width === 32) {
    insn.setOpKind(i, OpKind.NearBranch32);
    insn.nearBranch32 = Number(BigInt.asUintN(32, n));
  } else {
    insn.setOpKind(i, OpKind.NearBranch16);
    insn.nearBranch16 = Number(BigInt.asUintN(16, n));
  }
}

function setImplicit(insn: Instruction, i: number, form: Form, target: Target): void {
  const kind = form.kinds[i] ?? 0;
  const { addressSize } = target;
  const fixed = form.operands[i]?.fixed;
  if (kind === K.seg_rBX_al) {
    insn.setOpKind(i, OpKind.Memory);
    insn.memoryBase = BX[addressSize];
    insn.memoryIndex = Register.AL;
    insn.memoryIndexScale = 1;
    insn.memoryDisplSize = 0;
    insn.memoryDisplacement = 0n;
  } else if (fixed !== undefined) {
    insn.setOpKind(i, OpKind.Register);
    insn.setOpRegister(i, fixed);
  } else {
    insn.setOpKind(i, IMPLICIT[kind]?.[addressSize] ?? OpKind.MemoryESDI);
  }
}

function setSlot(insn: Instruction, i: number, slot: Slot, match: Match, target: Target): void {
  switch (slot.kind) {
    case 'register':
      insn.setOpKind(i, OpKind.Register);
      insn.setOpRegister(i, slot.register);
      return;
    case 'memory':
      insn.setOpKind(i, OpKind.Memory);
      setMemory(insn, slot, match.form, target);
      return;
    case 'immediate': {
      const second = match.slots.slice(0, i).some((s) => s.kind === 'immediate');
      insn.setOpKind(i, immediateKind(slot.info, second));
      const { bits } = slot.info;
      const n = numeric(slot.value, target);
      // iced-x86 wants the extended value of a sign-extended immediate, and the plain bits of any other.
      const wrapped = slot.info.width === bits ? BigInt.asUintN(bits, n) : BigInt.asIntN(bits, n);
      insn.setImmediateI64(i, BigInt.asIntN(64, wrapped));
      return;
    }
    case 'branch':
      setBranch(insn, i, slot, match.form, target);
      return;
    case 'far': {
      const offset = numeric(slot.offset, target);
      insn.setOpKind(i, slot.bits === 16 ? OpKind.FarBranch16 : OpKind.FarBranch32);
      if (slot.bits === 16) insn.farBranch16 = Number(BigInt.asUintN(16, offset));
      else insn.farBranch32 = Number(BigInt.asUintN(32, offset));
      insn.farBranchSelector = Number(BigInt.asUintN(16, numeric(slot.selector, target)));
      return;
    }
    case 'implicit':
      setImplicit(insn, i, match.form, target);
  }
}

/** EVEX decorations live outside the operands; plain instructions clear them. */
function setDecorations(insn: Instruction, operands: readonly Operand[]): void {
  insn.opMask = Register.None;
  insn.zeroingMasking = false;
  insn.roundingControl = 0;
  insn.suppressAllExceptions = false;
  insn.isBroadcast = false;
  for (const { decoration: d } of operands) {
    if (!d) continue;
    if (d.mask !== undefined) insn.opMask = d.mask;
    if (d.zeroing) insn.zeroingMasking = true;
    if (d.rounding !== undefined) insn.roundingControl = d.rounding;
    if (d.suppressExceptions) insn.suppressAllExceptions = true;
    if (d.broadcast !== undefined) insn.isBroadcast = true;
  }
}

let decorated = false;

/** Encodes a match. Throws what iced-x86 throws where the operands cannot be combined (AH with REX). */
export function encode(match: Match, operands: readonly Operand[], target: Target): Uint8Array {
  const insn = (shared ??= new Instruction());
  insn.code = match.form.code;
  for (let i = 0; i < match.slots.length; i++) {
    const slot = match.slots[i];
    if (slot) setSlot(insn, i, slot, match, target);
  }
  const decorates = operands.some((operand) => operand.decoration !== undefined);
  if (decorates || decorated) setDecorations(insn, operands);
  decorated = decorates;
  const { bits, prefixes } = target;
  const encoder = encoderFor(bits);
  const width = match.slots.find((s) => s.kind === 'branch')?.info.width ?? 64;
  encoder.preventVEX2 = prefixes.encoding === 'vex3';
  const write = (ip: bigint): Uint8Array => {
    try {
      encoder.encode(insn, BigInt.asUintN(width, ip));
      return encoder.takeBuffer();
    } catch (error) {
      encoder.takeBuffer();
      throw error;
    }
  };
  const bytes = write(target.ip);
  if (prefixes.encoding === 'vex2' && bytes[opcodePlace(bytes)] !== VEX2)
    throw new Error(l10n.t('it has no encoding with a two-byte VEX prefix'));
  const rex = wantedRex(match, target);
  const wanted = asWritten(bytes, match.form, target, rex);
  // A change of length moves what is counted from the instruction's end.
  const shift = BigInt(wanted.length - bytes.length);
  return shift === 0n ? wanted : asWritten(write(target.ip + shift), match.form, target, rex);
}

const VEX2 = 0xc5;
const REX = 0x40;
const REX_W = 0x48;

/** Where the opcode stands, or the REX or VEX prefix before it: after the legacy prefixes. */
export const opcodePlace = (bytes: Uint8Array): number =>
  bytes.findIndex((byte) => byte !== WAIT && !OPCODE_PREFIXES.includes(byte));

/** REX bits beyond those that iced-x86 writes; 0 when there are none. */
function wantedRex({ form, slots }: Match, { bits, prefixes }: Target): number {
  if (form.vex || form.evex) return 0;
  if (prefixes.operandSize === 64) return REX_W;
  if (prefixes.encoding === 'rex') return REX;
  if (!form.threeDNow || bits !== 64) return 0;
  // iced-x86 1.21 forgets REX in 3DNow! instructions.
  const address = slots.find((slot) => slot.kind === 'memory')?.address;
  const isHigh = (reg: number | undefined): boolean =>
    reg !== undefined && reg !== Register.None && numberOf(reg) > 7;
  const extended = (isHigh(address?.index) ? 2 : 0) + (isHigh(address?.base) ? 1 : 0);
  return extended === 0 ? 0 : REX + extended;
}

/** The bytes with what `o16`, `o32`, `o64` and `{rex}` say about their prefixes, whatever the form. */
function asWritten(bytes: Uint8Array, form: Form, target: Target, rex: number): Uint8Array {
  const { bits, prefixes } = target;
  const o = prefixes.operandSize;
  if (o === 0 && rex === 0) return bytes;
  const at = opcodePlace(bytes);
  const leading = [...bytes.subarray(0, at)];
  const size = leading.indexOf(0x66);
  if (o !== 0 && !changesSize(o, bits) && size >= 0 && form.mandatoryPrefix !== 0x66)
    leading.splice(size, 1);
  const rest = [...bytes.subarray(at)];
  if (rex !== 0 && ((rest[0] ?? 0) & 0xf0) === REX && bits === 64) rest[0] = (rest[0] ?? 0) | rex;
  else if (rex !== 0) rest.unshift(rex);
  return Uint8Array.of(...leading, ...rest);
}

/** Whether a mode needs the operand-size prefix for `o16` or `o32`; `o64` is REX.W. */
export const changesSize = (size: number, bits: number): boolean =>
  (size === 16 && bits !== 16) || (size === 32 && bits === 16);

const WAIT = 0x9b;

/** 0 for what comes first: WAIT, then the words, then operand size, address size, and the opcode's own prefix. */
function prefixOrder(byte: number): number {
  if (byte === WAIT) return 0;
  if (byte === 0x66) return 2;
  return byte === 0x67 ? 3 : 1;
}

const SIZE_PREFIXES: readonly number[] = [0x66, 0x67];
const OPCODE_PREFIXES: readonly number[] = [...SIZE_PREFIXES, 0xf2, 0xf3];

/**
 * Puts prefix bytes before an encoded instruction in NASM's order, which differs from iced-x86's.
 * @param own the prefix bytes that the words before the mnemonic ask for
 */
export function withPrefixes(own: readonly number[], encoded: Uint8Array, form: Form): Uint8Array {
  let count = 0;
  if (form.fwait) count = 1;
  while (OPCODE_PREFIXES.includes(encoded[count] ?? 0)) count++;
  if (count === 0 && own.length === 0) return encoded;
  if (count + own.length === 1)
    return own.length === 0 ? encoded : Uint8Array.of(...own, ...encoded);
  const leading = [...encoded.subarray(0, count)];
  const mandatory = form.mandatoryPrefix === 0 ? -1 : leading.lastIndexOf(form.mandatoryPrefix);
  const opcode = mandatory >= 0 ? leading.splice(mandatory, 1) : [];
  const prefixes = [...own, ...leading]
    .map((byte, i) => ({ byte, rank: prefixOrder(byte), i }))
    .sort((a, b) => a.rank - b.rank || a.i - b.i)
    .map(({ byte }) => byte);
  return Uint8Array.of(...prefixes, ...opcode, ...encoded.subarray(count));
}
