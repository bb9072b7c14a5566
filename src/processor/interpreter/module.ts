import { Rec, Run, State } from '../state/layout';
import { AbstractMachine } from '../semantics/abstract-machine';
import type { Statement } from '../semantics/expression';
import { FIRST_FORM_HANDLER } from '../execution/handler-numbers';
import type { Form } from '../semantics/form';
import { definitionOf } from '../semantics/instruction';
import { Op, ValueType } from '../wasm/encoding';
import type { FunctionBuilder } from '../wasm/function-builder';
import { ModuleBuilder } from '../wasm/module-builder';
import { HandlerEmitter } from './handler-emitter';
import { declareHelpers, type Helpers } from './helpers';

/** What the generated module exports. */
export interface InterpreterExports {
  /** Runs from a record until it must leave; RIP is then in state. */
  run(record: number): void;
}

/** Generates the interpreter: a handler for each form, and the loop that goes from one to the next. */
export function generateInterpreter(forms: readonly Form[], hot: number): Uint8Array<ArrayBuffer> {
  const module = new ModuleBuilder();
  const helpers = declareHelpers(module);
  // In the order of handler-numbers.ts.
  const handlers = [
    emitSpecial(module, helpers),
    emitFollow(module, helpers),
    emitUncounted(module),
    ...forms.map((form) => emitForm(module, helpers, form)),
  ];
  module.setTable(handlers);
  emitRun(module, helpers, forms.slice(0, hot));
  return module.toBytes();
}

function treeOf(form: Form): Statement[] {
  const define = definitionOf(form.mnemonic);
  if (!define) throw new Error(`${form.mnemonic} is not defined`);
  return AbstractMachine.build(form, define);
}

/** Puts a local into a 32-bit slot of memory. */
function store(f: FunctionBuilder, slot: number, local: number): void {
  f.i32(0).get(local).memory(Op.i32Store, slot);
}

/** A handler as a function: it takes a record and gives the one to go on with. */
function emitForm(module: ModuleBuilder, helpers: Helpers, form: Form): number {
  const f = module.addFunction([ValueType.I32], [ValueType.I32]);
  const embedding = {
    leave: () => f.op(Op.return),
    publish: () => store(f, Run.RECORD, 0),
    reload: () => undefined,
  };
  new HandlerEmitter(f, helpers, 0, embedding).body(treeOf(form));
  return f.index;
}

function emitSpecial(module: ModuleBuilder, helpers: Helpers): number {
  const f = module.addFunction([ValueType.I32], [ValueType.I32]);
  store(f, Run.RECORD, 0);
  f.get(0).call(helpers.special);
  return f.index;
}

/** Goes on to the record's target, or to the code at its RIP. It counts as no instruction. */
function emitFollow(module: ModuleBuilder, helpers: Helpers): number {
  const f = module.addFunction([ValueType.I32], [ValueType.I32]);
  const target = f.local(ValueType.I32);
  f.i32(0).i32(0).memory(Op.i32Load, Run.REMAINING).i32(1).op(Op.i32Add);
  f.memory(Op.i32Store, Run.REMAINING);
  f.get(0).memory(Op.i32Load, Rec.TARGET_RECORD).tee(target);
  f.if(() => f.get(target).op(Op.return));
  store(f, Run.RECORD, 0);
  f.i32(0).memory(Op.i64Load, State.RIP_BASE);
  f.get(0).memory(Op.i64Load16U, Rec.OFFSET).op(Op.i64Add).call(helpers.lookup);
  return f.index;
}

/**
 * An instruction that counts as none: it is executed by its inner handler, and then taken back. If it faults it
 * is as any other that was begun.
 */
function emitUncounted(module: ModuleBuilder): number {
  const f = module.addFunction([ValueType.I32], [ValueType.I32]);
  const handlerType = module.typeIndex([ValueType.I32], [ValueType.I32]);
  f.get(0).get(0).memory(Op.i32Load16U, Rec.INNER).callIndirect(handlerType);
  for (const slot of [Run.REMAINING, Run.UNCOUNTED]) {
    f.i32(0).i32(0).memory(Op.i32Load, slot).i32(1).op(Op.i32Add).memory(Op.i32Store, slot);
  }
  return f.index;
}

/**
 * The loop. Hot forms have their handlers in it, reached by br_table; the others are called. The count
 * of instructions is kept in a local, and put into memory whenever somebody else may look at it.
 */
function emitRun(module: ModuleBuilder, helpers: Helpers, hot: readonly Form[]): void {
  const f = module.addFunction([ValueType.I32], []);
  const handlerType = module.typeIndex([ValueType.I32], [ValueType.I32]);
  const at = 0;
  const left = f.local(ValueType.I32);
  const publishCount = (): void => {
    store(f, Run.REMAINING, left);
  };
  f.i32(0).memory(Op.i32Load, Run.REMAINING).set(left);
  f.block(Op.loop, () => {
    const next = f.depth;
    const embedding = {
      leave: () => {
        f.tee(at)
          .op(Op.i32Eqz)
          .if(() => {
            publishCount();
            f.op(Op.return);
          });
        f.branchTo(next);
      },
      publish: () => {
        publishCount();
        store(f, Run.RECORD, at);
      },
      reload: () => {
        f.i32(0).memory(Op.i32Load, Run.REMAINING).set(left);
      },
    };
    f.get(left)
      .op(Op.i32Eqz)
      .if(() => {
        emitBudgetSpent(f, at);
        publishCount();
        f.op(Op.return);
      });
    f.get(left).i32(1).op(Op.i32Sub).set(left);
    // The first in the table's numbering are no forms.
    const noForms = Array<number>(FIRST_FORM_HANDLER).fill(hot.length);
    const labels = [...noForms, ...hot.map((_, number) => number)];
    emitCases(f, hot, labels, at, (form) => {
      f.scope(() => {
        new HandlerEmitter(f, helpers, at, embedding).body(treeOf(form));
      });
    });
    publishCount();
    f.get(at).get(at).memory(Op.i32Load16U, Rec.HANDLER).callIndirect(handlerType).set(at);
    f.i32(0).memory(Op.i32Load, Run.REMAINING).set(left);
    f.get(at).opIndex(Op.brIf, 0);
  });
  module.exportFunction('run', f);
}

/** RIP is that of the instruction that would have come. */
function emitBudgetSpent(f: FunctionBuilder, at: number): void {
  f.i32(0).i32(0).memory(Op.i64Load, State.RIP_BASE);
  f.get(at).memory(Op.i64Load16U, Rec.OFFSET).op(Op.i64Add).memory(Op.i64Store, State.RIP);
}

/** One nested block for each case; the innermost jumps to the end of the one that is wanted. */
function emitCases(
  f: FunctionBuilder,
  hot: readonly Form[],
  labels: readonly number[],
  at: number,
  emit: (form: Form) => void,
): void {
  const nest = (number: number): void => {
    f.block(Op.block, () => {
      if (number > 0) nest(number - 1);
      else f.get(at).memory(Op.i32Load16U, Rec.HANDLER).brTable(labels, hot.length);
    });
    const form = hot[number];
    if (form) emit(form);
  };
  nest(hot.length);
}
