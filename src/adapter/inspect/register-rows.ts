import * as l10n from '@vscode/l10n';
import { decodeBits, setBits, type BitTable } from '../../isa/bits';
import { clauses } from '../../isa/phrases';
import { CR0, CR3, CR4, EFER } from '../../isa/registers/control';
import { RFLAGS } from '../../isa/registers/flags';
import { gprName } from '../../isa/registers/general';
import { Msr } from '../../isa/registers/msr';
import { SEG_NAMES } from '../../isa/registers/segment';
import { segmentTypeName } from '../../isa/segments';
import {
  formatValue,
  worldBits,
  type ExpressionContext,
  type Width,
} from '../../debugger/expressions';
import { symbolAt } from '../../debugger/places/program-place';
import { isLongMode, linearRip } from '../../debugger/registers/registers';
import type { MemoryAddress } from '../memory/memory-reference';
import type { Display, Row } from './variable-source';

/** Rows of registers for the Variables view. */

const show = (value: bigint, width: Width, { hex }: Display): string =>
  formatValue({ value, width }, hex ? 'x' : 'u');

/** The general registers at the world's width, instruction pointer first. */
export function generalRows(world: ExpressionContext, display: Display): Row[] {
  const bits = worldBits(world);
  const { registers } = world;
  const count = bits === 64 ? 16 : 8;
  const linear = linearRip(registers);
  const name = world.world.isProgram ? symbolAt(world.target, linear, world.memory) : undefined;
  const pointer = bits === 64 ? 'rip' : bits === 32 ? 'eip' : 'ip';
  const first: Row = {
    name: pointer,
    value: show(registers.rip, 64, display) + (name === undefined ? '' : ` <${name}>`),
    expression: pointer,
    memory: addressIn(world, linear),
  };
  return [
    first,
    ...Array.from({ length: count }, (_, index): Row => {
      const register = gprName(index, bits);
      const value = BigInt.asUintN(bits, registers.gpr(index));
      return {
        name: register,
        value: show(value, bits, display),
        expression: register,
        memory: addressIn(world, value),
      };
    }),
    flagsRow(world, display),
  ];
}

function addressIn(world: ExpressionContext, address: bigint): MemoryAddress {
  return { space: world.world.side === 'host' ? 'hva' : 'gva', address };
}

function flagsRow(world: ExpressionContext, display: Display): Row {
  const { rflags } = world.registers;
  const name = worldBits(world) === 64 ? 'rflags' : 'eflags';
  return withBits(name, rflags, 64, RFLAGS, display);
}

/** A register whose bits are its children. */
function withBits(
  name: string,
  value: bigint,
  width: Width,
  table: BitTable,
  display: Display,
): Row {
  const set = setBits(table, value).join(' ');
  return {
    name,
    value: show(value, width, display) + (set === '' ? '' : ` [${set}]`),
    expression: name,
    children: () => bitRows(table, value),
  };
}

/** Each field of a table with its value; the gloss is the type, which clients show on hovering. */
export function bitRows(table: BitTable, value: bigint): Row[] {
  return decodeBits(table, value).map(({ field, value: found, meaning }) => ({
    name: field.name,
    value:
      meaning === undefined
        ? formatValue({ value: found, width: 64 }, 'x')
        : `0x${found.toString(16)} ${l10n.t(meaning)}`,
    type: l10n.t(field.gloss),
    readOnly: true,
  }));
}

/** Every flag as a row of its own. */
export function flagRows({ registers }: ExpressionContext, display: Display): Row[] {
  return decodeBits(RFLAGS, registers.rflags).map(({ field, value }) => ({
    name: field.name,
    value: show(value, 8, display),
    type: l10n.t(field.gloss),
    expression: field.id.toLowerCase(),
  }));
}

export function controlRows({ registers }: ExpressionContext, display: Display): Row[] {
  const plain = (name: string, value: bigint): Row => ({
    name,
    value: show(value, 64, display),
    expression: name,
  });
  return [
    withBits('cr0', registers.controlRegister(0), 64, CR0, display),
    plain('cr2', registers.controlRegister(2)),
    withBits('cr3', registers.controlRegister(3), 64, CR3, display),
    withBits('cr4', registers.controlRegister(4), 64, CR4, display),
    plain('cr8', registers.controlRegister(8)),
    withBits('efer', registers.msr(Msr.EFER) ?? 0n, 64, EFER, display),
  ];
}

const UNUSABLE_BIT = 0x10000;

/** Segment registers with their hidden parts, and the descriptor-table registers. */
export function segmentRows(world: ExpressionContext, display: Display): Row[] {
  const { registers } = world;
  const long = isLongMode(registers);
  const segments = SEG_NAMES.map((upper, index): Row => {
    const name = upper.toLowerCase();
    const { selector, base, limit, accessRights } = registers.segment(index);
    const type = segmentTypeName(accessRights & 15, (accessRights & 16) !== 0, long);
    const usable = !(accessRights & UNUSABLE_BIT);
    return {
      name,
      value: `${show(BigInt(selector), 16, display)}${usable ? '' : ` [${l10n.t('unusable')}]`}`,
      expression: name,
      children: (inner) => [
        {
          name: 'base',
          value: show(base, 64, inner),
          expression: `${name}.base`,
          memory: addressIn(world, base),
        },
        {
          name: 'limit',
          value: show(BigInt(limit >>> 0), 32, inner),
          expression: `${name}.limit`,
          readOnly: true,
        },
        {
          name: 'rights',
          value: `${show(BigInt(accessRights), 32, inner)} [${clauses(l10n.t(type), `DPL ${String((accessRights >> 5) & 3)}`)}]`,
          expression: `${name}.rights`,
          readOnly: true,
        },
      ],
    };
  });
  const tables = (['gdtr', 'idtr'] as const).map((name): Row => {
    const { base, limit } = registers[name];
    return {
      name,
      value: l10n.t('{0}, limit {1}', show(base, 64, display), show(BigInt(limit), 16, display)),
      expression: `${name}.base`,
      memory: addressIn(world, base),
      readOnly: true,
    };
  });
  return [...segments, ...tables];
}
