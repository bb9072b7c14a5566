import {
  PAGE_SIZE,
  Rec,
  Run,
  RECORD_SIZE,
  Segment,
  State,
  Tlb,
  Wide,
  segmentSlot,
} from '../state/layout';
import type {
  Expression,
  MemoryPlace,
  SegmentChoice,
  Slot,
  Statement,
  VectorPlace,
} from '../semantics/expression';
import { Raised } from '../reasons/arithmetic';
import { Op, ValueType } from '../wasm/encoding';
import { V128 } from '../wasm/simd';
import type { FunctionBuilder } from '../wasm/function-builder';
import { ExpressionEmitter } from './expression-emitter';
import type { Helpers } from './helpers';

const LOAD = { 8: Op.i64Load8U, 16: Op.i64Load16U, 32: Op.i64Load32U, 64: Op.i64Load } as const;
const STORE = { 8: Op.i64Store8, 16: Op.i64Store16, 32: Op.i64Store32, 64: Op.i64Store } as const;

/** How a handler is embedded: as a function of its own, or in the loop. */
export interface Embedding {
  /** Goes on to the record whose address is on the stack (0: leave the interpreter). */
  leave(): void;
  /** Makes known, before a slow path is called, which instruction runs and how many may follow. */
  publish(): void;
  /** A device may have asked that no instruction follows. */
  reload(): void;
}

/**
 * Writes one handler: a function that takes the address of a decoded record, does what the tree says,
 * and gives the address of the record to go on with (0: leave the interpreter; RIP is then in state).
 */
export class HandlerEmitter {
  private readonly expressions: ExpressionEmitter;

  constructor(
    private readonly f: FunctionBuilder,
    private readonly helpers: Helpers,
    /** The local that holds the record's address. */
    private readonly record: number,
    private readonly embedding: Embedding,
  ) {
    this.expressions = new ExpressionEmitter(f, helpers, record);
  }

  /** The whole body: the statements, then on to the next record. */
  body(statements: readonly Statement[]): void {
    this.statements(statements);
    this.f.get(this.record).i32(RECORD_SIZE).op(Op.i32Add);
    this.embedding.leave();
  }

  private statements(list: readonly Statement[]): void {
    for (const statement of list) this.statement(statement);
  }

  private statement(s: Statement): void {
    switch (s.do) {
      case 'let':
        this.value(s.value);
        this.f.set(this.expressions.localFor(s.id, s.value.width));
        return;
      case 'readState':
        this.slotAddress(s.slot);
        this.f.memory(LOAD[s.width], slotOffset(s.slot)).set(this.expressions.localFor(s.id));
        return;
      case 'writeState':
        this.slotAddress(s.slot);
        this.expressions.anyValue(s.value);
        this.f.memory(STORE[s.width], slotOffset(s.slot));
        return;
      case 'readVector':
        this.slotAddress(s.slot);
        this.f.vectorMemory(V128.load, slotOffset(s.slot) + s.offset);
        this.f.set(this.expressions.localFor(s.id, 128));
        return;
      case 'writeVector':
        this.slotAddress(s.slot);
        this.value(s.value);
        this.f.vectorMemory(V128.store, slotOffset(s.slot) + s.offset);
        return;
      case 'loadVector':
        this.loadVector(s.place, s.ids);
        return;
      case 'storeVector':
        this.storeVector(s.place, s.values);
        return;
      case 'load':
        this.load(s.place, s.id);
        return;
      case 'loadForUpdate':
        this.loadForUpdate(s.place, s.id, s.update);
        return;
      case 'store':
        this.store(s.place, s.value);
        return;
      case 'storeUpdate':
        this.storeUpdate(s.place, s.update, s.value);
        return;
      case 'if':
        this.expressions.condition(s.condition);
        this.f.if(
          () => {
            this.statements(s.then);
          },
          s.otherwise.length > 0
            ? () => {
                this.statements(s.otherwise);
              }
            : undefined,
        );
        return;
      case 'repeat':
        this.repeat(s.body, s.again);
        return;
      case 'jump':
        this.value(s.target);
        this.embedding.publish();
        this.f.call(this.helpers.lookup);
        this.embedding.leave();
        return;
      case 'jumpRelative':
        this.jumpRelative(s.mask);
        return;
      case 'raise':
        this.embedding.publish();
        this.f.i32(s.number).call(this.helpers.raise).op(Op.unreachable);
        return;
      case 'slow':
        this.embedding.publish();
        this.f.i32(s.path).get(this.record).call(this.helpers.slow);
        this.embedding.leave();
        return;
    }
  }

  private value(expression: Expression): void {
    this.expressions.value(expression);
  }

  private slotAddress(slot: Slot): void {
    if (slot.kind === 'state') this.f.i32(0);
    else this.f.get(this.record).memory(Op.i32Load16U, Rec.OPERANDS + 2 * slot.index);
  }

  /** Leaves the linear address of a place in a local, after the segment checks. */
  private linear(place: MemoryPlace<number>, write: boolean): number {
    const { f } = this;
    const offset = f.local(ValueType.I64);
    const linear = f.local(ValueType.I64);
    const segment = this.segmentLocal(place.segment);
    this.value(place.offset);
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
  private loadVector(place: VectorPlace, ids: readonly number[]): void {
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

  private storeVector(place: VectorPlace, values: readonly Expression[]): void {
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
      this.value(value);
      f.vectorMemory(V128.store, 16 * n);
    });
    f.get(to).i32(Wide.BASE).op(Op.i32Eq);
    f.if(() => {
      this.slowAddress(linear, place);
      f.call(this.helpers.slowStoreWide);
      this.embedding.reload();
    });
  }

  private load(place: MemoryPlace, id: number): void {
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
      },
      ValueType.I64,
    );
    f.set(this.expressions.localFor(id));
  }

  /** Keeps in two locals what the store needs: the direct address (0: take the slow way), the linear one. */
  private loadForUpdate(place: MemoryPlace, id: number, update: number): void {
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
      },
      ValueType.I64,
    );
    f.set(this.expressions.localFor(id));
  }

  private readonly updates = new Map<number, { direct: number; linear: number }>();

  private storeUpdate(place: MemoryPlace, update: number, value: Expression): void {
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

  private store(place: MemoryPlace, value: Expression): void {
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
    this.value(value);
    this.f.call(this.helpers.slowStore);
    this.embedding.reload();
  }

  private repeat(body: readonly Statement[], again: Expression): void {
    const { f } = this;
    const left = f.local(ValueType.I32);
    f.i32(0).memory(Op.i32Load, State.REPEAT_LIMIT).set(left);
    f.block(Op.loop, () => {
      this.statements(body);
      this.expressions.condition(again);
      f.if(() => {
        f.get(left).i32(1).op(Op.i32Sub).tee(left).opIndex(Op.brIf, 1);
        this.countRounds(left);
        f.get(this.record);
        this.embedding.leave();
      });
    });
    this.countRounds(left);
  }

  /** Rounds take time as instructions do: once there are more than instructions are left, the interpreter comes back. */
  private countRounds(left: number): void {
    const { f } = this;
    const rounds = f.local(ValueType.I32);
    f.i32(0);
    f.i32(0).memory(Op.i32Load, Run.ROUNDS);
    f.i32(0).memory(Op.i32Load, State.REPEAT_LIMIT).get(left).op(Op.i32Sub).op(Op.i32Add);
    f.tee(rounds).memory(Op.i32Store, Run.ROUNDS);
    f.i32(0).memory(Op.i32Load, Run.REMAINING).get(rounds).op(Op.i32LtS);
    f.if(() => {
      f.i32(0).i32(0).memory(Op.i32Load, Run.HELD_BACK);
      f.i32(0).memory(Op.i32Load, Run.REMAINING).op(Op.i32Add);
      f.memory(Op.i32Store, Run.HELD_BACK);
      f.i32(0).i32(0).memory(Op.i32Store, Run.REMAINING);
    });
  }

  /** Within the page the record remembers its target's record; otherwise TypeScript finds it. */
  private jumpRelative(mask: bigint): void {
    const { f } = this;
    const target = f.local(ValueType.I32);
    f.get(this.record).memory(Op.i32Load, Rec.TARGET_RECORD).tee(target);
    f.if(() => {
      f.get(target);
      this.embedding.leave();
    });
    this.embedding.publish();
    f.get(this.record);
    f.i32(0).memory(Op.i64Load, State.RIP_BASE);
    f.get(this.record).memory(Op.i64Load, Rec.TARGET).op(Op.i64Add);
    if (mask !== 0xffffffffffffffffn) f.i64(mask).op(Op.i64And);
    f.call(this.helpers.branch);
    this.embedding.leave();
  }
}

/** The part of a slot's address that is known beforehand. */
function slotOffset(slot: Slot): number {
  return slot.kind === 'state' ? slot.address : (slot.offset ?? 0);
}
