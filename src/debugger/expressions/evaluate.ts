import * as l10n from '@vscode/l10n';
import { msrByName } from '../../isa/registers/msr';
import type { AddressSpace } from '../memory';
import type { Node } from './ast';
import { modeOf } from '../registers/registers';
import { worldBits, type ExpressionContext } from './context';
import { ExpressionError } from './error';
import { linearAddress, memoryValue, segmentBase } from './memory-operand';
import { nameValue } from './names';
import { applyBinary, applyUnary } from './operators';
import { msrValue } from './registers';
import { plain, truth, type Value } from './value';

/**
 * The value of a parsed expression in a world.
 *
 * @throws ExpressionError with cause and column
 */
export function evaluateNode(node: Node, context: ExpressionContext): Value {
  switch (node.kind) {
    case 'number':
      return plain(node.value);
    case 'name':
      return nameValue(node.name, context, node.column);
    case 'unary':
      return applyUnary(node.operator, evaluateNode(node.operand, context));
    case 'binary':
      return binary(node, context);
    case 'choice': {
      const { value } = evaluateNode(node.condition, context);
      return evaluateNode(value !== 0n ? node.yes : node.no, context);
    }
    case 'memory': {
      const offset = evaluateNode(node.address, context);
      const linear = linearAddress(context, node, BigInt.asUintN(offset.width ?? 64, offset.value));
      return memoryValue(context, 'gva', linear, node.size, node.column);
    }
    case 'far':
      return far(node, context);
    case 'call':
      return call(node, context);
    case 'assign':
      return assign(node, context);
  }
}

/** The linear address of a far pointer. A number before the colon is a segment of real mode (SDM 3B 21.1.1). */
function far(
  { segment, offset, column }: Node & { kind: 'far' },
  context: ExpressionContext,
): Value {
  const within = evaluateNode(offset, context).value;
  let base: bigint;
  if (segment.kind === 'name') {
    base = segmentBase(context, segment.name.toLowerCase());
  } else {
    const { name } = modeOf(context.registers);
    if (name !== 'real' && name !== 'virtual-8086') {
      throw new ExpressionError(
        l10n.t('a number before the colon is a segment of real mode; name a segment register'),
        column,
      );
    }
    base = BigInt.asUintN(16, evaluateNode(segment, context).value) << 4n;
  }
  const width = worldBits(context) === 64 ? 64 : 32;
  const value = BigInt.asUintN(width, base + within);
  return { value, width, type: 'address', memory: { space: 'gva', address: value, bytes: 8 } };
}

type Binary = Node & { kind: 'binary' };

/** A long sum is a deep tree to the left: it is gone down and up again without recursion. */
function binary(node: Binary, context: ExpressionContext): Value {
  const chain: Binary[] = [];
  let first: Node = node;
  for (; first.kind === 'binary'; first = first.left) chain.push(first);
  const start = evaluateNode(first, context);
  return chain.reduceRight((left, operation) => applied(operation, left, context), start);
}

function applied(node: Binary, left: Value, context: ExpressionContext): Value {
  if (node.operator === '&&' && left.value === 0n) return truth(false);
  if (node.operator === '||' && left.value !== 0n) return truth(true);
  const right = evaluateNode(node.right, context);
  if (node.operator === '&&' || node.operator === '||') return truth(right.value !== 0n);
  return applyBinary(node.operator, left, right, node.column);
}

function call(node: Node & { kind: 'call' }, context: ExpressionContext): Value {
  if (node.name === 'msr') return msr(node, context);
  const argument = evaluateNode(node.argument, context);
  const address = BigInt.asUintN(64, argument.value);
  if (node.name === 'phys' || node.name === 'hostphys') {
    return physical(node.name, address, context, node.column);
  }
  return memoryValue(context, node.name as AddressSpace, address, node.size, node.column);
}

function msr({ argument, column }: Node & { kind: 'call' }, context: ExpressionContext): Value {
  const named = argument.kind === 'name' ? msrByName(argument.name) : undefined;
  const number = named?.number ?? Number(evaluateNode(argument, context).value);
  const value = msrValue(number, context.registers);
  if (value) return value;
  throw new ExpressionError(l10n.t('there is no MSR 0x{0}', number.toString(16)), column);
}

/** The guest-physical (`phys`) or host-physical (`hostphys`) address of a linear one. */
function physical(name: string, linear: bigint, context: ExpressionContext, column: number): Value {
  const { memory } = context;
  const host = memory.hostAddress('gva', linear);
  const found =
    name === 'phys' ? memory.guestPhysical(linear) : host === undefined ? undefined : BigInt(host);
  if (found === undefined) {
    throw new ExpressionError(l10n.t('0x{0} is not mapped', linear.toString(16)), column);
  }
  const space = name === 'phys' ? 'gpa' : 'hpa';
  const type = name === 'phys' ? 'guest-physical address' : 'host-physical address';
  return { value: found, width: 64, type, memory: { space, address: found, bytes: 8 } };
}

function assign(node: Node & { kind: 'assign' }, context: ExpressionContext): Value {
  if (!context.mayAssign) {
    throw new ExpressionError(
      l10n.t('nothing can be assigned here; did you mean ==?'),
      node.column,
    );
  }
  const target = evaluateNode(node.target, context);
  const { value } = evaluateNode(node.value, context);
  assignTo(target, value, node.target.column);
  return evaluateNode(node.target, context);
}

/**
 * Writes a value to what an expression named.
 *
 * @throws ExpressionError when it cannot be written, or the value does not fit
 */
export function assignTo(target: Value, value: bigint, column = 1): void {
  if (!target.assign) throw new ExpressionError(l10n.t('this cannot be changed'), column);
  const { width } = target;
  const limit = 1n << BigInt(width ?? 64);
  if (value >= limit || value < -(limit >> 1n)) {
    const text = `0x${value.toString(16)}`;
    throw new ExpressionError(l10n.t('{0} does not fit in {1} bits', text, width ?? 64), column);
  }
  try {
    target.assign(value < 0n ? value + limit : value);
  } catch (error) {
    if (error instanceof RangeError) throw new ExpressionError(error.message, column);
    throw error;
  }
}
