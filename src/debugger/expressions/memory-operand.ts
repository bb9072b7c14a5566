import * as l10n from '@vscode/l10n';
import { Seg } from '../../isa/registers/segment';
import { gprByName } from '../../isa/registers/general';
import { faultCause } from '../words/page-faults';
import type { AddressSpace } from '../memory';
import type { Node, OperandType } from './ast';
import { worldBits, type ExpressionContext } from './context';
import { ExpressionError } from './error';
import type { MemoryPlace, Value, Width } from './value';

const SEGMENT: Readonly<Record<string, number>> = {
  es: Seg.ES,
  cs: Seg.CS,
  ss: Seg.SS,
  ds: Seg.DS,
  fs: Seg.FS,
  gs: Seg.GS,
};

/** The linear address of `segment:[offset]` as the world's processor would form it (SDM 1 3.7.4). */
export function linearAddress(
  context: ExpressionContext,
  node: Node & { kind: 'memory' },
  offset: bigint,
): bigint {
  const bits = worldBits(context);
  const name = node.segment ?? (bits !== 64 && mentionsStack(node.address) ? 'ss' : 'ds');
  return BigInt.asUintN(bits === 64 ? 64 : 32, segmentBase(context, name) + offset);
}

/** The base that a segment register adds: in 64-bit mode only FS and GS have one (SDM 3A 3.4.4). */
export function segmentBase(context: ExpressionContext, name: string): bigint {
  const flat = worldBits(context) === 64 && name !== 'fs' && name !== 'gs';
  return flat ? 0n : context.registers.segment(SEGMENT[name] ?? Seg.DS).base;
}

/** Addresses through (E)SP or (E)BP mean the stack segment. */
function mentionsStack(node: Node): boolean {
  switch (node.kind) {
    case 'name': {
      const index = gprByName(node.name)?.index;
      return index === 4 || index === 5;
    }
    case 'unary':
      return mentionsStack(node.operand);
    case 'binary':
      return mentionsStack(node.left) || mentionsStack(node.right);
    default:
      return false;
  }
}

/** What a number of so many bytes is called. */
const PLAIN: Readonly<Record<number, string>> = { 2: 'word', 4: 'dword', 8: 'qword' };

/** The value in memory, little-endian. @throws ExpressionError when it cannot be read */
export function memoryValue(
  context: ExpressionContext,
  space: AddressSpace,
  address: bigint,
  type: OperandType | undefined,
  column: number,
): Value {
  const bytes = type?.bytes ?? ((worldBits(context) / 8) as 2 | 4 | 8);
  const memory = space === 'gva' ? context.memory : context.target.memory;
  const { data, unreadable } = memory.read(space, address, bytes);
  const place: MemoryPlace = {
    space: space === 'gva' && context.world.side === 'host' ? 'host' : space,
    address,
    bytes,
  };
  if (unreadable > 0) throw new ExpressionError(whyUnreadable(context, space, address), column);
  return {
    value: data.reduceRight((value, byte) => (value << 8n) | BigInt(byte), 0n),
    width: (bytes * 8) as Width,
    type: type?.name ?? PLAIN[bytes] ?? '',
    ...(type?.format && { real: { format: type.format } }),
    memory: place,
    assign: (value) => {
      const out = Uint8Array.from({ length: bytes }, (_, n) =>
        Number((value >> BigInt(8 * n)) & 0xffn),
      );
      if (memory.write(space, address, out) < bytes) {
        throw new RangeError(whyUnreadable(context, space, address));
      }
      context.wrote?.(place);
    },
  };
}

function whyUnreadable(context: ExpressionContext, space: AddressSpace, address: bigint): string {
  const where = `0x${address.toString(16)}`;
  if (space === 'hpa') return l10n.t('host-physical {0}: there is no memory', where);
  if (space === 'gpa') return l10n.t('guest-physical {0}: there is no memory', where);
  const { fault } = context.memory.walkGuest(address, {
    write: false,
    execute: false,
    user: false,
  });
  if (!fault) return l10n.t('{0} maps to physical memory that does not exist', where);
  return l10n.t(
    '{0} is not mapped: {1} at paging level {2}',
    where,
    faultCause(fault),
    fault.level,
  );
}
