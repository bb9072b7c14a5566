import { Raised } from '../reasons/arithmetic';
import type { Expression, MemoryPlace, SegmentChoice, VectorPlace } from '../semantics/expression';
import { PAGE_SIZE, Rec, Segment, State, Tlb, Wide, segmentSlot } from '../state/layout';
import { Op, ValueType } from '../wasm/encoding';
import type { FunctionBuilder } from '../wasm/function-builder';
import { V128 } from '../wasm/simd';
import type { ExpressionEmitter } from './expression-emitter';
import type { Helpers } from './helpers';

/** Loads and stores of values in i64, by their width in bits. */
export const LOAD = {
  8: Op.i64Load8U,
  16: Op.i64Load16U,
  32: Op.i64Load32U,
  64: Op.i64Load,
} as const;
export const STORE = {
  8: Op.i64Store8,
  16: Op.i64Store16,
  32: Op.i64Store32,
  64: Op.i64Store,
} as const;

/** How a handler is embedded: as a function of its own, or in the loop. */
export interface Embedding {
  /** Goes on to the record whose address is on the stack (0: leave the interpreter). */
  leave(): void;
  /** Makes known, before a slow path is called, which instruction runs and how many may follow. */
  publish(): void;
  /** A device, or somebody who watches, may have asked that no instruction follows. */
  reload(): void;
}

/**
 * Writes a handler's accesses to memory: the checks of the segment, straight through the software TLB where
 * it has the page, and the slow way in TypeScript where not.
 */
export class MemoryEmitter {
  private readonly updates = new Map<number, { direct: number; linear: number }>();

  constructor(
    private readonly f: FunctionBuilder,
    private readonly helpers: Helpers,
    /** The local that holds the record's address. */
    private readonly record: number,
    private readonly embedding: Embedding,
    private readonly expressions: ExpressionEmitter,
  ) {}

  /** Leaves the linear address of a place in a local, after the segment checks. */
  private linear(place: MemoryPlace<number>, write: boolean): number {
    const { f } = this;
    const offset = f.local(ValueType.I64);
    const linear = f.local(ValueType.I64);
    const segment = this.segmentLocal(place.segment);
    this.expressions.value(place.offset);
    f.set(offset);
    segment();
    f.memory(Op.i32Load, Segment.CHECKED).if(() => {
      this.embedding.publish();
      segment();
      f.get(offset)
        .i32(place.width / 8)
        .i32(write ? 1 : 0)
        .call(this.helpers.checkSegment);
    });
    segment();
    f.memory(Op.i64Load, Segment.EFFECTIVE_BASE).get(offset).op(Op.i64Add);
    f.i32(0).memory(Op.i64Load, State.LINEAR_MASK).op(Op.i64And).set(linear);
    return linear;
  }

  /** Gives code that pushes the address of a segment's slot. */
  private segmentLocal(choice: SegmentChoice): () => void {
    if (choice !== 'record') return () => this.f.i32(segmentSlot(choice));
    const local = this.f.local(ValueType.I32);
    this.f.get(this.record).memory(Op.i32Load16U, Rec.SEGMENT).set(local);
    return () => this.f.get(local);
  }

  /**
   * Looks a linear address up in the TLB. Pushes 1 when the access may go straight through; then the
   * local `entry` holds the entry's address. An access across a page boundary never hits, because
   * its last byte's page is what is compared with the tag of its first byte's entry.
   */
  private probe(linear: number, width: number, tag: number, entry: number): void {
    const { f } = this;
    f.get(linear)
      .i64(12n)
      .op(Op.i64ShrU, Op.i32WrapI64)
      .i32(Tlb.ENTRIES - 1)
      .op(Op.i32And);
    f.i32(5).op(Op.i32Shl).i32(0).memory(Op.i32Load, State.TLB_SET).op(Op.i32Add).tee(entry);
    f.memory(Op.i64Load, tag);
    f.get(linear);
    if (width > 8) f.i64(BigInt(width / 8 - 1)).op(Op.i64Add);
    f.i64(BigInt(-PAGE_SIZE)).op(Op.i64And, Op.i64Eq);
  }

  /** Pushes the address in the WebAssembly memory of a linear address whose entry was hit. */
  private direct(linear: number, entry: number): void {
    this.f.get(linear).op(Op.i32WrapI64).get(entry).memory(Op.i32Load, Tlb.ADDEND).op(Op.i32Add);
  }

  /** Leaves the linear address of vectors in a local. */
  private vectorAddress(place: VectorPlace, write: boolean): number {
    const { f } = this;
    const linear = this.linear(place, write);
    if (place.aligned) {
      f.get(linear)
        .op(Op.i32WrapI64)
        .i32(place.width / 8 - 1)
        .op(Op.i32And);
      f.if(() => {
        this.embedding.publish();
        f.i32(Raised.MISALIGNED_VECTOR).call(this.helpers.raise).op(Op.unreachable);
      });
    }
    return linear;
  }

  /** The slow way leads over a place beside the state: `Wide.BASE`. */
  loadVector(place: VectorPlace, ids: readonly number[]): void {
    const { f } = this;
    const linear = this.vectorAddress(place, false);
    const entry = f.local(ValueType.I32);
    const from = f.local(ValueType.I32);
    this.probe(linear, place.width, Tlb.READ_TAG, entry);
    f.if(
      () => {
        this.direct(linear, entry);
      },
      () => {
        this.slowAddress(linear, place);
        f.call(this.helpers.slowLoadWide);
        this.embedding.reload();
        f.i32(Wide.BASE);
      },
      ValueType.I32,
    );
    f.set(from);
    ids.forEach((id, n) => {
      f.get(from)
        .vectorMemory(V128.load, 16 * n)
        .set(this.expressions.localFor(id, 128));
    });
  }

  storeVector(place: VectorPlace, values: readonly Expression[]): void {
    const { f } = this;
    const linear = this.vectorAddress(place, true);
    const entry = f.local(ValueType.I32);
    const to = f.local(ValueType.I32);
    this.probe(linear, place.width, Tlb.WRITE_TAG, entry);
    f.if(
      () => {
        this.direct(linear, entry);
      },
      () => f.i32(Wide.BASE),
      ValueType.I32,
    );
    f.set(to);
    values.forEach((value, n) => {
      f.get(to);
      this.expressions.value(value);
      f.vectorMemory(V128.store, 16 * n);
    });
    f.get(to).i32(Wide.BASE).op(Op.i32Eq);
    f.if(() => {
      this.slowAddress(linear, place);
      f.call(this.helpers.slowStoreWide);
      this.embedding.reload();
    });
  }

  load(place: MemoryPlace, id: number): void {
    const { f } = this;
    const linear = this.linear(place, false);
    const entry = f.local(ValueType.I32);
    this.probe(linear, place.width, Tlb.READ_TAG, entry);
    f.if(
      () => {
        this.direct(linear, entry);
        f.memory(LOAD[place.width], 0);
      },
      () => {
        this.slowAddress(linear, place);
        f.call(this.helpers.slowLoad);
        this.embedding.reload();
      },
      ValueType.I64,
    );
    f.set(this.expressions.localFor(id));
  }

  /** Keeps in two locals what the store needs: the direct address (0: take the slow way), the linear one. */
  loadForUpdate(place: MemoryPlace, id: number, update: number): void {
    const { f } = this;
    const linear = this.linear(place, true);
    const entry = f.local(ValueType.I32);
    const direct = f.local(ValueType.I32);
    this.updates.set(update, { direct, linear });
    this.probe(linear, place.width, Tlb.WRITE_TAG, entry);
    f.if(
      () => {
        this.direct(linear, entry);
        f.tee(direct).memory(LOAD[place.width], 0);
      },
      () => {
        f.i32(0).set(direct);
        this.slowAddress(linear, place);
        f.call(this.helpers.slowLoadForUpdate);
        this.embedding.reload();
      },
      ValueType.I64,
    );
    f.set(this.expressions.localFor(id));
  }

  storeUpdate(place: MemoryPlace, update: number, value: Expression): void {
    const { f } = this;
    const kept = this.updates.get(update);
    if (!kept) throw new Error('a store without its load');
    f.get(kept.direct).if(
      () => {
        f.get(kept.direct);
        this.expressions.anyValue(value);
        f.memory(STORE[place.width], 0);
      },
      () => {
        this.slowStore(kept.linear, place, value);
      },
    );
  }

  store(place: MemoryPlace, value: Expression): void {
    const { f } = this;
    const linear = this.linear(place, true);
    const entry = f.local(ValueType.I32);
    this.probe(linear, place.width, Tlb.WRITE_TAG, entry);
    f.if(
      () => {
        this.direct(linear, entry);
        this.expressions.anyValue(value);
        f.memory(STORE[place.width], 0);
      },
      () => {
        this.slowStore(linear, place, value);
      },
    );
  }

  /** Pushes what every slow access wants to know: linear address, bytes, segment slot. */
  private slowAddress(linear: number, place: MemoryPlace<number>): void {
    this.embedding.publish();
    this.f.get(linear).i32(place.width / 8);
    if (place.segment === 'record') this.f.get(this.record).memory(Op.i32Load16U, Rec.SEGMENT);
    else this.f.i32(segmentSlot(place.segment));
  }

  private slowStore(linear: number, place: MemoryPlace, value: Expression): void {
    this.slowAddress(linear, place);
    this.expressions.value(value);
    this.f.call(this.helpers.slowStore);
    this.embedding.reload();
  }
}
