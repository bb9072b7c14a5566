import { evaluateNumber } from '../locations/evaluate';
import { readNumber, readRegister, Unavailable, type Machine } from '../locations/machine';
import { Cursor } from '../reading/cursor';
import type { ElfSections } from '../reading/elf-sections';
import type { Troubles } from '../reading/troubles';
import { AddressIndex } from '../units/address-index';
import { readFrames, type FunctionFrame } from './frame-entries';
import { rulesAt, type Rule } from './frame-rules';

/** The frame of an activation: what its caller's registers were. */
export interface CallerFrame {
  /** What the caller's stack pointer was before the call. */
  readonly address: bigint;
  readonly returnAddress: bigint;
  /** Those that differ from the activation's own, by their numbers in DWARF. */
  readonly registers: ReadonlyMap<number, bigint>;
}

/** The frames of an image's functions. They are listed when somebody asks for the first one. */
export class Frames {
  private index: AddressIndex<FunctionFrame> | undefined;

  constructor(
    private readonly sections: ElfSections,
    private readonly troubles: Troubles,
  ) {}

  private find(address: bigint): FunctionFrame | undefined {
    if (!this.index) {
      const rows: { range: FunctionFrame; owner: FunctionFrame }[] = [];
      for (const name of ['.debug_frame', '.eh_frame'] as const) {
        this.troubles.guarded(() => {
          readFrames(this.sections, name, (frame) => rows.push({ range: frame, owner: frame }));
        }, undefined);
      }
      this.index = new AddressIndex(rows);
    }
    return this.index.find(address);
  }

  /** The address of the frame of a function that is at an address. */
  frameAddress(address: bigint, machine: Machine): bigint | undefined {
    return this.attempt(address, machine, (unwinding) => unwinding.frameAddress);
  }

  /** The caller of a function that is at an address; undefined where nothing is said of it. */
  caller(address: bigint, machine: Machine): CallerFrame | undefined {
    return this.attempt(address, machine, (unwinding) => unwinding.caller());
  }

  private attempt<T>(
    address: bigint,
    machine: Machine,
    ask: (unwinding: Unwinding) => T,
  ): T | undefined {
    return this.troubles.guarded(() => {
      const frame = this.find(address);
      if (!frame) return undefined;
      try {
        return ask(new Unwinding(frame, address, machine));
      } catch (error) {
        if (error instanceof Unavailable) return undefined;
        throw error;
      }
    }, undefined);
  }
}

/** Of one activation. */
class Unwinding {
  private readonly rules;
  readonly frameAddress: bigint;

  constructor(
    private readonly frame: FunctionFrame,
    address: bigint,
    private readonly machine: Machine,
  ) {
    this.rules = rulesAt(frame, address);
    const { frameAddress } = this.rules;
    const value =
      frameAddress.kind === 'register'
        ? readRegister(machine, frameAddress.register) + frameAddress.offset
        : evaluateNumber(again(frameAddress.block), machine);
    this.frameAddress = BigInt.asUintN(machine.bits, value);
  }

  caller(): CallerFrame | undefined {
    const { returnRegister } = this.frame.common;
    const registers = new Map<number, bigint>();
    let returnAddress: bigint | undefined;
    for (const [register, rule] of this.rules.registers) {
      const value = this.value(register, rule);
      if (value === undefined) continue;
      if (register === returnRegister) returnAddress = value;
      else registers.set(register, BigInt.asUintN(this.machine.bits, value));
    }
    return returnAddress === undefined
      ? undefined
      : { address: this.frameAddress, returnAddress, registers };
  }

  private value(register: number, rule: Rule): bigint | undefined {
    const { machine, frameAddress } = this;
    const bytes = machine.bits / 8;
    switch (rule.kind) {
      case 'offset':
        return readNumber(machine, frameAddress + rule.offset, bytes);
      case 'value-offset':
        return frameAddress + rule.offset;
      case 'register':
        return readRegister(machine, rule.register);
      case 'expression':
        return readNumber(
          machine,
          evaluateNumber(again(rule.block), machine, [frameAddress]),
          bytes,
        );
      case 'value-expression':
        return evaluateNumber(again(rule.block), machine, [frameAddress]);
      case 'same':
        return machine.register(register);
      case 'undefined':
        return undefined;
    }
  }
}

/** A block, to be read from its beginning. */
const again = ({ section, offset, end }: Cursor): Cursor => new Cursor(section, offset, end);
