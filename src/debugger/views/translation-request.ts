import * as l10n from '@vscode/l10n';
import { LONGEST_INSTRUCTION } from '../../isa/instructions/length';
import { Seg } from '../../isa/registers/segment';
import { WideCr0 } from '../../isa/registers/control';
import { isCanonical } from '../../processor/paging/mmu';
import { memoryAccesses, type MemoryAccess } from '../places/memory-accesses';
import { isLongMode, linearRip, modeOf } from '../registers/registers';
import type { Target, World } from '../target';
import type { TracedAccess } from './translation-trace';

/** What an address translation is asked for: which address, in whose world, for which access. */
export interface TranslationRequest {
  readonly world: World;
  readonly linear: bigint;
  readonly access: TracedAccess;
  /** What the address was called: 'rsp + 8', 'operand [rbx] of mov …'; empty for a plain number. */
  readonly from: string;
  /** Why there is nothing to walk; undefined where there is. */
  readonly refused: string | undefined;
}

/** Evaluates an expression in a world; throws an Error for people. */
export type Evaluate = (expression: string, side: World['side']) => bigint;

const WORDS = /^(guest|host|user|supervisor|read|write|execute)(?=\s|$)/i;

/** What a person has named of a request, and the expression that is left. */
interface Named {
  readonly side?: World['side'];
  readonly user?: boolean;
  readonly kind?: 'read' | 'write' | 'execute';
  readonly expression: string;
}

/** `user write rbx`, `host rsp`: words before the expression name world, privilege and access. */
function parse(text: string): Named {
  let rest = text.trim();
  let named: Omit<Named, 'expression'> = {};
  for (;;) {
    const word = WORDS.exec(rest)?.[1]?.toLowerCase();
    if (word === undefined) return { ...named, expression: rest };
    rest = rest.slice(word.length).trimStart();
    if (word === 'guest' || word === 'host') named = { ...named, side: word };
    else if (word === 'user' || word === 'supervisor') named = { ...named, user: word === 'user' };
    else named = { ...named, kind: word as 'read' | 'write' | 'execute' };
  }
}

/**
 * Understands what is to be translated. Where nothing is named, the focused world's present instruction
 * decides: its operand's access, its privilege level. Without an address it is the operand itself, or the
 * instruction where it has none.
 *
 * @throws Error for people
 */
export function translationRequest(
  target: Target,
  focus: World['side'],
  text: string,
  evaluate: Evaluate,
): TranslationRequest {
  const named = parse(text);
  const side = named.side ?? focus;
  const { hostWorld, guestWorld } = target;
  const world = side === 'host' ? hostWorld : guestWorld;
  if (!world) throw new Error(l10n.t('There is no host: nothing is virtualized here.'));
  const accesses = operandsOf(world);
  const { linear, from, kind, segment, update } = addressOf(
    world,
    accesses,
    named.expression,
    evaluate,
  );
  const wanted = named.kind ?? kind;
  const user = named.user ?? modeOf(world.registers).ring === 3;
  const write = wanted === 'write';
  const access = {
    ...{ write, execute: wanted === 'execute', user },
    ...(write && update === true && { update }),
  };
  return { world, linear, from, access, refused: refusal(world, linear, segment) };
}

/** The memory operands of the instruction that comes next in a world; the built-in monitor has none. */
export function operandsOf({ registers, memory, isProgram }: World): MemoryAccess[] {
  if (!isProgram) return [];
  const { data } = memory.read('gva', linearRip(registers), LONGEST_INSTRUCTION);
  return data.length === 0 ? [] : memoryAccesses(registers, data);
}

interface Address {
  readonly linear: bigint;
  readonly from: string;
  readonly kind: 'read' | 'write' | 'execute';
  readonly segment?: number;
  /** The instruction reads what it writes. */
  readonly update?: boolean;
}

function addressOf(
  world: World,
  accesses: readonly MemoryAccess[],
  expression: string,
  evaluate: Evaluate,
): Address {
  const number = /^operand(?:\s+(\d+))?$/i.exec(expression);
  const operand = accesses[Number(number?.[1] ?? 1) - 1];
  if (operand && (number || expression === '')) return ofOperand(operand);
  if (number) throw new Error(l10n.t('The present instruction has no such memory operand.'));
  if (expression === '' || expression === 'rip') {
    return { linear: linearRip(world.registers), from: 'rip', kind: 'execute' };
  }
  const linear = inRange(world, evaluate(expression, world.side));
  const touched = accesses.find(
    (each) => linear >= each.linear && linear < each.linear + BigInt(each.bytes),
  );
  const from = /^0x[0-9a-f]+$/i.test(expression) ? '' : expression;
  return touched ? { ...ofOperand(touched), linear, from } : { linear, from, kind: 'read' };
}

const ofOperand = ({ linear, text, read, write, segment }: MemoryAccess): Address => ({
  linear,
  from: `[${text}]`,
  kind: write ? 'write' : 'read',
  segment,
  update: read && write,
});

/** @throws RangeError for what is no linear address: it would be another one if it were cut */
function inRange(world: World, value: bigint): bigint {
  const bits = isLongMode(world.registers) ? 64 : 32;
  const text = `${value < 0n ? '-' : ''}0x${(value < 0n ? -value : value).toString(16)}`;
  const wrapped = BigInt.asUintN(64, value);
  if (value >= 1n << 64n || value < -(1n << 63n) || (value >= 0n && wrapped >> BigInt(bits))) {
    throw new RangeError(l10n.t('{0} has more than the {1} bits of a linear address.', text, bits));
  }
  return BigInt.asUintN(bits, value);
}

/** In 64-bit mode an address that is not canonical never comes to the page tables (SDM 1 3.3.7.1). */
function refusal({ registers }: World, linear: bigint, segment?: number): string | undefined {
  const paging = (registers.controlRegister(0) & WideCr0.PG) !== 0n;
  if (!paging || !isLongMode(registers)) return undefined;
  if (isCanonical(linear, { cr4: registers.controlRegister(4) })) return undefined;
  return segment === Seg.SS
    ? l10n.t('not canonical: #SS(0) before any walk')
    : l10n.t('not canonical: #GP(0) before any walk');
}
