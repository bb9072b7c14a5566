import * as l10n from '@vscode/l10n';
import { SourceError, type Span } from './diagnostics';
import { evaluate, floatConstant, type Scope } from './evaluate';
import { FORMAT_OF_SIZE, isPackedDecimal, packedDecimal } from './floats';
import type { DataItem } from './statement';
import { isScalar, resolve, type Value } from './value';

/** What stores data: the assembler, which counts in the early passes and writes in the last. */
export interface DataSink {
  readonly scope: Scope;
  /** Room for `count` bytes; undefined while only the size matters. */
  room(count: number, kind: 'data' | 'reserve'): Uint8Array | undefined;
  /** Stores what `once` stores, `count` times. */
  repeat(count: number, once: () => void): void;
  warn(message: string, span: Span): void;
  /** Guards against lists that would never fit. */
  checkCount(count: bigint, size: number, span: Span | undefined): number;
}

/** Writes `n` little-endian into `bytes`, cut or sign-extended to its length. */
export function writeInteger(bytes: Uint8Array, n: bigint): void {
  if (bytes.length <= 4) {
    let small = Number(BigInt.asIntN(32, n));
    for (let i = 0; i < bytes.length; i++) {
      bytes[i] = small & 0xff;
      small >>= 8;
    }
    return;
  }
  let rest = n;
  for (let i = 0; i < bytes.length; i++) {
    bytes[i] = Number(rest & 0xffn);
    rest >>= 8n;
  }
}

/** Whether `n` fits `bits` bits read as signed or as unsigned. */
export function fits(n: bigint, bits: number): boolean {
  return bits >= 64 || (n >= -(1n << BigInt(bits - 1)) && n < 1n << BigInt(bits));
}

const UNIT: Readonly<Record<number, string>> = { 1: 'byte', 2: 'word', 4: 'dword' };

function storeExpression(
  item: Extract<DataItem, { kind: 'expression' }>,
  size: number,
  sink: DataSink,
): void {
  const { value: expression, span } = item;
  if (expression.kind === 'float' && !expression.format) {
    const format = FORMAT_OF_SIZE[size];
    if (!format) {
      throw new SourceError(
        l10n.t('a floating-point constant needs db, dw, dd, dq, dt or do, not this size'),
        span,
      );
    }
    const { text, negative } = expression;
    const packed = isPackedDecimal(text);
    if (packed && size !== 10)
      throw new SourceError(l10n.t('a packed decimal constant needs `dt`'), span);
    const bytes = sink.room(size, 'data');
    const bits = (): bigint =>
      packed ? packedDecimal(text, negative) : floatConstant(text, negative, format);
    if (bytes) writeInteger(bytes, bits());
    return;
  }
  const value: Value = evaluate(expression, sink.scope);
  if (value.terms.some((term) => typeof term.of === 'number'))
    throw new SourceError(
      l10n.t('a register has no value that could be stored in the image'),
      span,
    );
  if (size > 8)
    throw new SourceError(l10n.t('integers have at most 8 bytes: use `dq` for this'), span);
  const bytes = sink.room(size, 'data');
  if (!bytes) return;
  const n = resolve(value);
  const meant = isScalar(value) ? n : BigInt.asIntN(64, n);
  if (!fits(meant, size * 8)) {
    sink.warn(
      l10n.t('{0} does not fit in a {1} and is cut', hex(meant), UNIT[size] ?? String(size)),
      span,
    );
  }
  writeInteger(bytes, n);
}

const hex = (n: bigint): string => (n < 0n ? `-0x${(-n).toString(16)}` : `0x${n.toString(16)}`);

/** Stores one item of `db` and its family (NASM manual 3.2.1). */
export function storeItem(item: DataItem, size: number, sink: DataSink): void {
  switch (item.kind) {
    case 'reserve':
      sink.room(size, 'reserve')?.fill(0);
      return;
    case 'string': {
      // A string fills whole units: `dw 'abc'` is four bytes.
      const length = Math.ceil(item.bytes.length / size) * size;
      const bytes = sink.room(length, 'data');
      if (!bytes) return;
      bytes.fill(0);
      bytes.set(item.bytes);
      return;
    }
    case 'expression':
      storeExpression(item, size, sink);
      return;
    case 'repeat': {
      const count = evaluate(item.count, sink.scope);
      if (!isScalar(count))
        throw new SourceError(l10n.t('the count of `dup` must be a plain number'), item.span);
      const times = sink.checkCount(count.n, item.items.length, item.span);
      if (times === 0) return;
      sink.repeat(times, () => {
        for (const { item: inner, size: own } of item.items) storeItem(inner, own ?? size, sink);
      });
    }
  }
}
