import * as l10n from '@vscode/l10n';
import { RFLAGS } from '../../isa/registers/flags';
import { gprByName } from '../../isa/registers/general';
import { Msr } from '../../isa/registers/msr';
import { SEG_NAMES } from '../../isa/registers/segment';
import { maskOf } from '../../isa/bits';
import type { DebugMemory } from '../memory';
import { modeOf, type Registers } from '../registers/registers';
import { loadSegment } from '../registers/load-segment';
import { bitsOfRegister } from './meanings';
import { refusable } from './refusable';
import { unitValue } from './unit-values';
import type { Value, Width } from './value';

/** Registers, their parts and flags by the names that the assembler knows them by, any case. */

const SEGMENT_INDEX: ReadonlyMap<string, number> = new Map(
  SEG_NAMES.map((name, index) => [name.toLowerCase(), index]),
);
const CONTROL = /^cr([02348])$/;
const DEBUG = /^dr([0-367])$/;

/** Registers, and parts of them, that no table below names. */
const OTHERS =
  'rip eip ip rflags eflags flags efer gdtr.base gdtr.limit idtr.base idtr.limit'.split(' ');

/** Every name that `registerValue` knows, for completions. */
export function registerNames(): string[] {
  const parts = SEG_NAMES.flatMap((name) => [name.toLowerCase()]);
  const control = [0, 2, 3, 4, 8].map((n) => `cr${String(n)}`);
  const flags = RFLAGS.fields.map(({ id }) => id.toLowerCase());
  return [...OTHERS, ...parts, ...control, ...flags];
}

/** The register or flag of a name; undefined when the name means neither. */
export function registerValue(
  name: string,
  registers: Registers,
  memory: DebugMemory,
): Value | undefined {
  const lower = name.toLowerCase();
  const value = named(lower, registers, memory);
  return value && { meaning: () => bitsOfRegister(lower, value.value), ...value };
}

function named(name: string, registers: Registers, memory: DebugMemory): Value | undefined {
  return (
    general(name, registers) ??
    pointer(name, registers) ??
    flag(name, registers) ??
    control(name, registers) ??
    segment(name, registers, memory) ??
    table(name, registers) ??
    unitValue(name, registers.units)
  );
}

function general(name: string, registers: Registers): Value | undefined {
  const row = gprByName(name);
  if (!row) return undefined;
  const { index, width, shift } = row;
  const whole = registers.gpr(index);
  return {
    value: BigInt.asUintN(width, whole >> BigInt(shift)),
    width,
    type: 'register',
    assign: (value) => {
      registers.setGpr(
        index,
        merged(registers.gpr(index), BigInt.asUintN(width, value), width, shift),
      );
    },
  };
}

/** A 32-bit write clears the upper half, narrower ones leave the rest alone (SDM 1 3.4.1.1). */
function merged(whole: bigint, value: bigint, width: Width, shift: number): bigint {
  if (width >= 32) return value;
  const mask = ((1n << BigInt(width)) - 1n) << BigInt(shift);
  return (whole & ~mask) | (value << BigInt(shift));
}

function pointer(name: string, registers: Registers): Value | undefined {
  const width = ({ rip: 64, eip: 32, ip: 16, rflags: 64, eflags: 32, flags: 16 } as const)[name];
  if (width === undefined) return undefined;
  const isFlags = name.endsWith('flags');
  return {
    value: BigInt.asUintN(width, isFlags ? registers.rflags : registers.rip),
    width,
    type: 'register',
    assign: (value) => {
      const wanted = BigInt.asUintN(width, value);
      if (isFlags)
        registers.rflags = width === 16 ? merged(registers.rflags, wanted, 16, 0) : wanted;
      else registers.rip = wanted;
    },
  };
}

function flag(name: string, registers: Registers): Value | undefined {
  const field = RFLAGS.fields.find(({ id }) => id.toLowerCase() === name);
  if (!field) return undefined;
  const mask = maskOf(field);
  return {
    value: (registers.rflags & mask) >> BigInt(field.low),
    width: 8,
    type: 'flag',
    assign: (value) => {
      if (value >> BigInt(field.width)) {
        throw new RangeError(l10n.t('{0} has {1} bit(s)', field.id, field.width));
      }
      registers.rflags = (registers.rflags & ~mask) | (value << BigInt(field.low));
    },
  };
}

function control(name: string, registers: Registers): Value | undefined {
  const number = CONTROL.exec(name)?.[1];
  if (number !== undefined) {
    return {
      value: registers.controlRegister(Number(number)),
      width: 64,
      type: 'control register',
      assign: (value) => {
        refusable(name, () => {
          registers.setControlRegister(Number(number), BigInt.asUintN(64, value));
        });
      },
    };
  }
  const debug = DEBUG.exec(name)?.[1];
  if (debug !== undefined) {
    return { value: registers.debugRegister(Number(debug)), width: 64, type: 'debug register' };
  }
  return name === 'efer' ? msrValue(Msr.EFER, registers) : undefined;
}

/** A model-specific register; undefined when there is none of this number. */
export function msrValue(number: number, registers: Registers): Value | undefined {
  const value = registers.msr(number);
  if (value === undefined) return undefined;
  return {
    value,
    width: 64,
    type: 'MSR',
    assign: (wanted) => {
      refusable(`msr(0x${number.toString(16)})`, () => {
        registers.setMsr(number, BigInt.asUintN(64, wanted));
      });
    },
  };
}

function segment(name: string, registers: Registers, memory: DebugMemory): Value | undefined {
  const [base, part] = name.split('.');
  const index = SEGMENT_INDEX.get(base ?? '');
  if (index === undefined) return undefined;
  const register = registers.segment(index);
  switch (part) {
    case undefined:
      return {
        value: BigInt(register.selector),
        width: 16,
        type: 'selector',
        assign: (value) => {
          loadSegment(registers, memory, index, Number(BigInt.asUintN(16, value)));
        },
      };
    case 'base':
      return {
        value: register.base,
        width: modeOf(registers).bits === 64 ? 64 : 32,
        type: 'base',
        assign: (base) => {
          registers.setSegment(index, { ...register, base: BigInt.asUintN(64, base) });
        },
      };
    case 'limit':
      return { value: BigInt(register.limit >>> 0), width: 32, type: 'limit' };
    case 'rights':
      return { value: BigInt(register.accessRights >>> 0), width: 32, type: 'access rights' };
    default:
      return undefined;
  }
}

function table(name: string, registers: Registers): Value | undefined {
  const [base, part] = name.split('.');
  const register = base === 'gdtr' ? registers.gdtr : base === 'idtr' ? registers.idtr : undefined;
  if (!register) return undefined;
  if (part === undefined || part === 'base') {
    const memory = { space: 'gva', address: register.base, bytes: 8 } as const;
    return { value: register.base, width: 64, type: 'base', memory };
  }
  return part === 'limit' ? { value: BigInt(register.limit), width: 16, type: 'limit' } : undefined;
}
