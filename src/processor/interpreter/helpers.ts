import {
  CodeFrames,
  CodeTlb,
  PAGE_SIZE,
  PHYSICAL_BASE,
  Segment,
  State,
  Tlb,
} from '../state/layout';
import { Op, ValueType } from '../wasm/encoding';
import type { FunctionBuilder } from '../wasm/function-builder';
import type { ModuleBuilder } from '../wasm/module-builder';

const { I32, I64 } = ValueType;

/** The functions that handlers call, by their indices in the module. */
export interface Helpers {
  /* Imported: the slow paths in TypeScript. */
  /** (linear, bytes, segment slot) → value */
  readonly slowLoad: number;
  /** (linear, bytes, segment slot) → value; faults as a write */
  readonly slowLoadForUpdate: number;
  /** (linear, bytes, segment slot, value) */
  readonly slowStore: number;
  /** (linear, bytes, segment slot): from memory to `Wide`, and back */
  readonly slowLoadWide: number;
  readonly slowStoreWide: number;
  /** (segment slot, offset, bytes, write): never comes back */
  readonly segmentFault: number;
  /** (rip) → record or 0 */
  readonly enter: number;
  /** (record, target rip) → record or 0; may remember the target in the record */
  readonly branch: number;
  /** (number of reasons/arithmetic.ts): never comes back */
  readonly raise: number;
  /** (path, record) → record or 0 */
  readonly slow: number;
  /** (record) → record or 0: what is no instruction (page ends, breakpoints, unknown code) */
  readonly special: number;
  /* In the module. */
  /** (segment slot, offset, bytes, write) */
  readonly checkSegment: number;
  /** (rip) → record or 0 */
  readonly lookup: number;
  readonly mulHighU: number;
  readonly mulHighS: number;
}

export function declareHelpers(module: ModuleBuilder): Helpers {
  const imports = {
    slowLoad: module.importFunction('slowLoad', [I64, I32, I32], [I64]),
    slowLoadForUpdate: module.importFunction('slowLoadForUpdate', [I64, I32, I32], [I64]),
    slowStore: module.importFunction('slowStore', [I64, I32, I32, I64], []),
    slowLoadWide: module.importFunction('slowLoadWide', [I64, I32, I32], []),
    slowStoreWide: module.importFunction('slowStoreWide', [I64, I32, I32], []),
    segmentFault: module.importFunction('segmentFault', [I32, I64, I32, I32], []),
    enter: module.importFunction('enter', [I64], [I32]),
    branch: module.importFunction('branch', [I32, I64], [I32]),
    raise: module.importFunction('raise', [I32], []),
    slow: module.importFunction('slow', [I32, I32], [I32]),
    special: module.importFunction('special', [I32], [I32]),
  };
  const mulHighU = emitMulHighU(module);
  return {
    ...imports,
    slowStore: emitStoreBesideCode(module, imports.slowStore),
    slowLoadForUpdate: emitLoadBesideCode(module, imports.slowLoadForUpdate),
    checkSegment: emitCheckSegment(module, imports.segmentFault),
    lookup: emitLookup(module, imports.enter),
    mulHighU,
    mulHighS: emitMulHighS(module, mulHighU),
  };
}

/** Compares offset … offset + bytes - 1 with the segment's bounds (SDM 3A 5.3). */
function emitCheckSegment(module: ModuleBuilder, segmentFault: number): number {
  const f = module.addFunction([I32, I64, I32, I32], []);
  const [slot, offset, bytes, write, bounds] = [0, 1, 2, 3, f.local(I32)];
  f.get(slot).i32(Segment.WRITE_LOW).i32(Segment.READ_LOW).get(write).op(Op.select);
  f.op(Op.i32Add).set(bounds);
  f.get(offset).get(bounds).memory(Op.i64Load, 0).op(Op.i64LtU);
  f.get(offset).get(bytes).op(Op.i64ExtendI32U, Op.i64Add).i64(1n).op(Op.i64Sub);
  f.get(bounds).memory(Op.i64Load, 8).op(Op.i64GtU, Op.i32Or);
  f.if(() => f.get(slot).get(offset).get(bytes).get(write).call(segmentFault));
  return f.index;
}

/**
 * Pushes 1 when `bytes` bytes at `linear` lie in one writable page that holds code, but not where
 * code was decoded from; `entry` is then the TLB entry. Code and data often share a page.
 */
function probeBesideCode(f: FunctionBuilder, linear: number, bytes: number, entry: number): void {
  const bitmap = f.local(I32);
  f.get(linear)
    .i64(12n)
    .op(Op.i64ShrU, Op.i32WrapI64)
    .i32(Tlb.ENTRIES - 1)
    .op(Op.i32And);
  f.i32(5).op(Op.i32Shl).i32(0).memory(Op.i32Load, State.TLB_SET).op(Op.i32Add).tee(entry);
  f.memory(Op.i64Load, Tlb.WRITE_TAG);
  f.get(linear).get(bytes).op(Op.i64ExtendI32U, Op.i64Add).i64(1n).op(Op.i64Sub);
  f.i64(BigInt(-PAGE_SIZE)).op(Op.i64And).i64(BigInt(Tlb.HOLDS_CODE)).op(Op.i64Or, Op.i64Eq);
  f.if(
    () => {
      const offset = (): FunctionBuilder =>
        f
          .get(linear)
          .op(Op.i32WrapI64)
          .i32(PAGE_SIZE - 1)
          .op(Op.i32And);
      directAddress(f, linear, entry);
      f.i32(PHYSICAL_BASE).op(Op.i32Sub).i32(12).op(Op.i32ShrU).i32(2).op(Op.i32Shl);
      f.memory(Op.i32Load, CodeFrames.BASE).tee(bitmap);
      f.if(
        () => {
          f.get(bitmap);
          offset().i32(3).op(Op.i32ShrU, Op.i32Add).memory(Op.i32Load16U, 0);
          offset().i32(7).op(Op.i32And, Op.i32ShrU);
          f.i32(1).get(bytes).op(Op.i32Shl).i32(1).op(Op.i32Sub, Op.i32And, Op.i32Eqz);
        },
        () => f.i32(1),
        I32,
      );
    },
    () => f.i32(0),
    I32,
  );
}

/** Pushes the address in the WebAssembly memory. */
function directAddress(f: FunctionBuilder, linear: number, entry: number): void {
  f.get(linear).op(Op.i32WrapI64).get(entry).memory(Op.i32Load, Tlb.ADDEND).op(Op.i32Add);
}

/** Runs the arm that fits the width in `bytes`. */
function byWidth(f: FunctionBuilder, bytes: number, arm: (width: 1 | 2 | 4 | 8) => void): void {
  for (const width of [1, 2, 4] as const) {
    f.get(bytes).i32(width).op(Op.i32Eq);
    f.if(() => {
      arm(width);
      f.op(Op.return);
    });
  }
  arm(8);
}

const STORES = { 1: Op.i64Store8, 2: Op.i64Store16, 4: Op.i64Store32, 8: Op.i64Store } as const;
const LOADS = { 1: Op.i64Load8U, 2: Op.i64Load16U, 4: Op.i64Load32U, 8: Op.i64Load } as const;

function emitStoreBesideCode(module: ModuleBuilder, slowStore: number): number {
  const f = module.addFunction([I64, I32, I32, I64], []);
  const [linear, bytes, segment, value, entry] = [0, 1, 2, 3, f.local(I32)];
  probeBesideCode(f, linear, bytes, entry);
  f.if(() => {
    byWidth(f, bytes, (width) => {
      directAddress(f, linear, entry);
      f.get(value).memory(STORES[width], 0);
    });
    f.op(Op.return);
  });
  f.get(linear).get(bytes).get(segment).get(value).call(slowStore);
  return f.index;
}

function emitLoadBesideCode(module: ModuleBuilder, slowLoad: number): number {
  const f = module.addFunction([I64, I32, I32], [I64]);
  const [linear, bytes, segment, entry] = [0, 1, 2, f.local(I32)];
  probeBesideCode(f, linear, bytes, entry);
  f.if(() => {
    byWidth(f, bytes, (width) => {
      directAddress(f, linear, entry);
      f.memory(LOADS[width], 0);
    });
    f.op(Op.return);
  });
  f.get(linear).get(bytes).get(segment).call(slowLoad);
  return f.index;
}

/** Finds the record at a RIP: in the code TLB, or in TypeScript. */
function emitLookup(module: ModuleBuilder, enter: number): number {
  const f = module.addFunction([I64], [I32]);
  const rip = 0;
  const linear = f.local(I64);
  const entry = f.local(I32);
  const found = f.local(I32);
  f.block(Op.block, () => {
    f.get(rip).i32(0).memory(Op.i64Load, State.FETCH_LIMIT).op(Op.i64GtU).opIndex(Op.brIf, 0);
    f.i32(0)
      .memory(Op.i64Load, State.SEGMENTS + 64 + Segment.EFFECTIVE_BASE)
      .get(rip)
      .op(Op.i64Add);
    f.i32(0).memory(Op.i64Load, State.LINEAR_MASK).op(Op.i64And).tee(linear);
    f.i64(12n)
      .op(Op.i64ShrU, Op.i32WrapI64)
      .i32(CodeTlb.ENTRIES - 1)
      .op(Op.i32And);
    f.i32(4).op(Op.i32Shl).i32(0).memory(Op.i32Load, State.CODE_TLB_SET).op(Op.i32Add).tee(entry);
    f.memory(Op.i64Load, CodeTlb.TAG);
    f.get(linear).i64(BigInt(-PAGE_SIZE)).op(Op.i64And, Op.i64Ne).opIndex(Op.brIf, 0);
    f.get(entry).memory(Op.i32Load, CodeTlb.MAP);
    f.get(linear)
      .op(Op.i32WrapI64)
      .i32(PAGE_SIZE - 1)
      .op(Op.i32And)
      .i32(2)
      .op(Op.i32Shl, Op.i32Add);
    f.memory(Op.i32Load, 0).tee(found).op(Op.i32Eqz).opIndex(Op.brIf, 0);
    f.i32(0)
      .get(rip)
      .get(linear)
      .i64(BigInt(PAGE_SIZE - 1))
      .op(Op.i64And, Op.i64Sub);
    f.memory(Op.i64Store, State.RIP_BASE);
    f.get(found).op(Op.return);
  });
  f.get(rip).call(enter);
  return f.index;
}

/** The high 64 bits of a 64 × 64 product, from four 32 × 32 products. */
function emitMulHighU(module: ModuleBuilder): number {
  const f = module.addFunction([I64, I64], [I64]);
  const [a, b, middle] = [0, 1, f.local(I64)];
  const low = (v: number): void => void f.get(v).i64(0xffffffffn).op(Op.i64And);
  const high = (v: number): void => void f.get(v).i64(32n).op(Op.i64ShrU);
  high(a);
  low(b);
  f.op(Op.i64Mul);
  low(a);
  low(b);
  f.op(Op.i64Mul).i64(32n).op(Op.i64ShrU, Op.i64Add).set(middle);
  high(a);
  high(b);
  f.op(Op.i64Mul);
  high(middle);
  f.op(Op.i64Add);
  low(a);
  high(b);
  f.op(Op.i64Mul);
  low(middle);
  f.op(Op.i64Add).i64(32n).op(Op.i64ShrU, Op.i64Add);
  return f.index;
}

/** The signed product is the unsigned one less b where a is negative, and less a where b is. */
function emitMulHighS(module: ModuleBuilder, mulHighU: number): number {
  const f = module.addFunction([I64, I64], [I64]);
  const correction = (sign: number, other: number): void => {
    f.get(sign).i64(63n).op(Op.i64ShrS).get(other).op(Op.i64And, Op.i64Sub);
  };
  f.get(0).get(1).call(mulHighU);
  correction(0, 1);
  correction(1, 0);
  return f.index;
}
