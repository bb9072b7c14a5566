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
import { constantReal, encodingIn, isTrue, nanValue, wholeNumber } from './reals';
import { msrValue } from './registers';
import { elementValue } from './unit-values';
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
    case 'real':
      return constantReal(node.text);
    case 'name':
      return nameValue(node.name, context, node.column);
    case 'element':
      return element(node, context);
    case 'unary':
      return applyUnary(node.operator, evaluateNode(node.operand, context), node.column);
    case 'binary':
      return binary(node, context);
    case 'choice': {
      const holds = isTrue(evaluateNode(node.condition, context), node.condition.column);
      return evaluateNode(holds ? node.yes : node.no, context);
    }
    case 'memory': {
      const offset = whole(node.address, context);
      const linear = linearAddress(context, node, BigInt.asUintN(64, offset));
      return memoryValue(context, 'gva', linear, node.type, node.column);
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
  const within = whole(offset, context);
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
    base = BigInt.asUintN(16, whole(segment, context)) << 4n;
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
  if (node.operator === '&&' || node.operator === '||') {
    const decided = isTrue(left, node.left.column) === (node.operator === '||');
    if (decided) return truth(node.operator === '||');
    return truth(isTrue(evaluateNode(node.right, context), node.right.column));
  }
  const right = evaluateNode(node.right, context);
  return applyBinary(node.operator, left, right, node.column);
}

function call(node: Node & { kind: 'call' }, context: ExpressionContext): Value {
  if (node.name === 'msr') return msr(node, context);
  if (node.name === 'nan') return nanValue(whole(node.argument, context));
  if (node.name === 'st') return stackRegister(node, context);
  const address = BigInt.asUintN(64, whole(node.argument, context));
  if (node.name === 'phys' || node.name === 'hostphys') {
    return physical(node.name, address, context, node.column);
  }
  return memoryValue(context, node.name as AddressSpace, address, node.type, node.column);
}

function msr({ argument, column }: Node & { kind: 'call' }, context: ExpressionContext): Value {
  const named = argument.kind === 'name' ? msrByName(argument.name) : undefined;
  const number = named?.number ?? Number(whole(argument, context));
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
  assignTo(target, evaluateNode(node.value, context), node.target.column, node.value.column);
  return evaluateNode(node.target, context);
}

/**
 * Writes a value to what an expression named.
 *
 * @throws ExpressionError when it cannot be written, or the value does not fit
 */
export function assignTo(target: Value, value: Value, column = 1, valueColumn = 1): void {
  const { assign, real } = target;
  if (!assign) throw new ExpressionError(l10n.t('this cannot be changed'), column);
  const bits = real
    ? encodingIn(real.format, value, valueColumn)
    : fitting(target, wholeNumber(value, valueColumn), column);
  try {
    assign(bits);
  } catch (error) {
    if (error instanceof RangeError) throw new ExpressionError(error.message, column);
    throw error;
  }
}

/** A whole number as unsigned, if the target has room for it. */
function fitting({ width, signed }: Value, value: bigint, column: number): bigint {
  const bits = width ?? signed ?? 64;
  const limit = 1n << BigInt(bits);
  if (value < limit && value >= -(limit >> 1n)) return value < 0n ? value + limit : value;
  const text = `${value < 0n ? '-' : ''}0x${(value < 0n ? -value : value).toString(16)}`;
  throw new ExpressionError(l10n.t('{0} does not fit in {1} bits', text, bits), column);
}

/** The value of a part that must be a whole number. */
function whole(node: Node, context: ExpressionContext): bigint {
  return wholeNumber(evaluateNode(node, context), node.column);
}

/** `xmm0.f32[1]`, `guest.ymm3.u8[31]` */
function element(node: Node & { kind: 'element' }, context: ExpressionContext): Value {
  const dot = node.name.lastIndexOf('.');
  const register = dot < 0 ? undefined : nameValue(node.name.slice(0, dot), context, node.column);
  if (!register?.unit) {
    throw new ExpressionError(l10n.t('{0} has no lanes', node.name), node.column);
  }
  const index = whole(node.index, context);
  return elementValue(register, node.name.slice(dot + 1), index, node.column);
}

/** `st(1)` is `st1`. */
function stackRegister({ argument, column }: Node & { kind: 'call' }, context: ExpressionContext) {
  const index = whole(argument, context);
  if (index >= 0n && index < 8n) return nameValue(`st${index}`, context, column);
  throw new ExpressionError(l10n.t('the x87 registers are st(0) to st(7)'), argument.column);
}
