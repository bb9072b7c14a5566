import { Decoder, DecoderOptions, FlowControl, Mnemonic } from 'iced-x86';
import { hasErrorCode } from '../../isa/exceptions';
import { WideRflags } from '../../isa/registers/flags';
import type { SegmentRegister } from '../../processor/state/cpu-state';
import type { DeliveredEvent } from '../trace/event-log';
import { CallerRegisters } from '../registers/caller-registers';
import { segmentOf } from '../registers/load-segment';
import { placeAt } from './program-place';
import { linearRip, modeOf, type Registers } from '../registers/registers';
import { compiledCaller } from './compiled-frame';
import type { Target, World } from '../target';

/** An activation below the topmost. */
export interface Activation {
  readonly registers: Registers;
  /** RIP is a return address, behind a call. */
  readonly caller: boolean;
  /** How control left it, when not by a call. */
  readonly via?: DeliveredEvent | 'syscall';
}

/** Slots of the stack that are looked at between two activations, and activations that are shown. */
const SLOTS = 512;
const DEEPEST = 64;
const SYSCALL = [0x0f, 0x05];

/**
 * Finds callers by what a compiler says of its functions' frames. Elsewhere without it, as assembly programs have none:
 * stack slots that hold an address behind a CALL of the program, and the frames that interrupts are known to have pushed.
 */
export class Unwinder implements Iterable<Activation> {
  constructor(
    private readonly target: Target,
    private readonly world: World,
  ) {}

  *[Symbol.iterator](): Iterator<Activation> {
    let activation: Activation = { registers: this.world.registers, caller: false };
    for (let depth = 0; depth < DEEPEST; depth++) {
      const next: Activation | undefined =
        this.compiledCallerOf(activation) ?? this.callerOf(activation.registers);
      if (!next) return;
      yield next;
      activation = next;
    }
  }

  /** The caller as debug information tells it, where it is one: a call of the program's. */
  private compiledCallerOf({ registers, caller }: Activation): Activation | undefined {
    const { target, world } = this;
    const { bits } = modeOf(registers);
    const meant = linearRip(registers) - (caller ? 1n : 0n);
    const found = compiledCaller(target, meant, registers, world.memory);
    if (!found || found.rsp - BigInt(bits / 8) === world.stackTop) return undefined;
    const { rip, rsp, saved } = found;
    if (this.behindCall(registers, rip) !== 'call') return undefined;
    return { registers: new CallerRegisters(registers, rip, rsp, { saved }), caller: true };
  }

  private callerOf(registers: Registers): Activation | undefined {
    const { bits, ring } = modeOf(registers);
    const bytes = bits / 8;
    const mask = (1n << BigInt(bits)) - 1n;
    const top = registers.gpr(4) & mask;
    const stackBase = bits === 64 ? 0n : registers.segment(2).base;
    const { data } = this.world.memory.read('gva', stackBase + top, SLOTS * bytes);
    const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
    const { stackTop } = this.world;
    for (let offset = 0; offset + bytes <= data.length; offset += bytes) {
      const stack = (top + BigInt(offset)) & mask;
      if (stack === stackTop) return undefined;
      const event = this.target.events.at(stack);
      const interrupted = event && this.interrupted(registers, event, stackBase + stack);
      if (interrupted) return interrupted;
      const value = readSlot(view, offset, bytes);
      const behind = this.behindCall(registers, value);
      if (behind === 'call') {
        const rsp = stack + BigInt(bytes);
        return { registers: new CallerRegisters(registers, value, rsp), caller: true };
      }
      if (behind === 'syscall' && ring === 0) return this.systemCall(registers, value);
    }
    const rcx = registers.gpr(1);
    if (ring === 0 && bits === 64 && this.behindCall(registers, rcx) === 'syscall') {
      return this.systemCall(registers, rcx);
    }
    return undefined;
  }

  /** What an address is behind, as far as the program knows: its lines tell where instructions begin. */
  private behindCall(registers: Registers, rip: bigint): 'call' | 'syscall' | undefined {
    if (rip === 0n) return undefined;
    const { bits } = modeOf(registers);
    const base = bits === 64 ? 0n : registers.segment(1).base;
    const linear = base + rip;
    const place = placeAt(this.target, linear - 1n, this.world.memory);
    if (!place || place.entry.kind !== 'code' || place.entry.length > 4096) return undefined;
    const offset = Number(place.address - place.entry.address) + 1;
    const start = linear - BigInt(offset);
    const { data } = this.world.memory.read('gva', start, offset);
    if (data.length < offset) return undefined;
    if (data[offset - 2] === SYSCALL[0] && data[offset - 1] === SYSCALL[1]) return 'syscall';
    return endsWithCall(data, place.entry.compiled ? bits : place.entry.bits) ? 'call' : undefined;
  }

  private systemCall(registers: Registers, rip: bigint): Activation {
    const user = new CallerRegisters(registers, rip, registers.gpr(4), { ring: 3 });
    return { registers: user, caller: true, via: 'syscall' };
  }

  /** The activation under an interrupt frame (SDM 3A 6.12.1, 6.14.2), if the frame is still there. */
  private interrupted(
    registers: Registers,
    event: DeliveredEvent,
    linear: bigint,
  ): Activation | undefined {
    const mode = modeOf(registers);
    const bytes = mode.bits / 8;
    const error =
      event.kind === 'hardware-exception' && mode.name !== 'real' && hasErrorCode(event.vector)
        ? 1
        : 0;
    // A frame without a stack switch is shorter, and memory may end behind it.
    const { data } = this.world.memory.read('gva', linear, 6 * bytes);
    const holds = (slots: number): boolean => data.length >= (slots + error) * bytes;
    if (!holds(3)) return undefined;
    const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
    const slot = (n: number): bigint => readSlot(view, (n + error) * bytes, bytes);
    const [rip, cs] = [slot(0), slot(1)];
    if (rip < event.from || rip > event.from + 15n) return undefined;
    const real = mode.name === 'real';
    const ring = real ? 0 : Number(cs & 3n);
    const switched = mode.bits === 64 || ring !== mode.ring;
    if (switched && !holds(5)) return undefined;
    const after =
      registers.gpr(4) + (linear - linearStack(registers)) + BigInt((3 + error) * bytes);
    const rsp = switched ? slot(3) : after;
    const virtual8086 = (slot(2) & WideRflags.VM) !== 0n;
    const segment = (selector: bigint): SegmentRegister | undefined =>
      real || virtual8086 ? undefined : this.segment(registers, selector);
    const below = new CallerRegisters(registers, rip, rsp, {
      ring,
      flags: slot(2),
      cs: segment(cs),
      ss: switched ? segment(slot(4)) : undefined,
      ...(real && { realModeCs: Number(cs) }),
    });
    // INT returns behind itself, everything else to the instruction that was interrupted.
    return { registers: below, caller: event.kind.startsWith('software'), via: event };
  }

  /** The segment that a saved selector means, if the GDT has it. */
  private segment(registers: Registers, selector: bigint): SegmentRegister | undefined {
    const found = segmentOf(registers, this.world.memory, Number(selector & 0xffffn));
    return typeof found === 'string' ? undefined : found;
  }
}

function linearStack(registers: Registers): bigint {
  const { bits } = modeOf(registers);
  const sp = registers.gpr(4) & ((1n << BigInt(bits)) - 1n);
  return bits === 64 ? sp : registers.segment(2).base + sp;
}

function readSlot(view: DataView, offset: number, bytes: number): bigint {
  if (bytes === 8) return view.getBigUint64(offset, true);
  return BigInt(bytes === 4 ? view.getUint32(offset, true) : view.getUint16(offset, true));
}

/** Whether the last instruction of a run of code is a CALL. */
function endsWithCall(code: Uint8Array, bits: 16 | 32 | 64): boolean {
  const decoder = new Decoder(bits, code, DecoderOptions.None);
  let call = false;
  while (decoder.canDecode) {
    const instruction = decoder.decode();
    const flow = instruction.flowControl;
    call =
      !instruction.isInvalid &&
      (flow === FlowControl.Call || flow === FlowControl.IndirectCall) &&
      instruction.mnemonic === Mnemonic.Call;
    instruction.free();
  }
  decoder.free();
  return call;
}
