import type { Processor } from '../../../processor/processor';
import { modeOf } from '../../registers/registers';
import type { Target } from '../../target';
import { guestProcessors } from '../../techniques';
import type { Chronicle } from './chronicle';
import { channelCode, codeOfMode, eventCode, modeCode, type Channel } from './codes';

/** Has the chronicle written by those to whom things happen. */
export function chronicle(target: Target, book: Chronicle): void {
  const { number, cpu, trace, events, transitions } = target;
  transitions.exited = () => {
    book.add('exit', number, trace.lastReason, trace.total, cpu.completed);
  };
  events.told = (event) => {
    book.add('event', number, eventCode(event), 0, cpu.completed);
  };
  // With a monitor the processor is the guest's in guest mode alone, or never: then software has the guest's mode.
  const { technique, vm } = target;
  const note = (processor: Processor): void => {
    const inGuest = processor.guestMode.active;
    if (vm && processor === cpu && !inGuest) return;
    const mode = modeCode(processor.state, inGuest && vm === undefined);
    book.mode(number, mode, cpu.completed);
  };
  for (const processor of guestProcessors(technique, vm, cpu)) {
    const { observer } = processor;
    const others = observer.modeSet;
    observer.modeSet = () => {
      if (target.isPresent) note(processor);
      else others?.call(observer);
    };
  }
  // An entry may load another mode without a word. It is over before the guest's first instruction begins.
  transitions.wentIn = () => {
    note(cpu);
    book.settle();
  };
  book.mode(number, codeOfMode(modeOf(target.guest)), cpu.completed);
}

/** A byte that a guest has printed. */
export function chronicleOutput(
  book: Chronicle,
  { number, cpu }: Target,
  channel: Channel,
  byte: number,
): void {
  book.add('output', number, channelCode(channel), byte, cpu.completed);
}
