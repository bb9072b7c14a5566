import * as l10n from '@vscode/l10n';
import { DebugMemory } from '../debugger/memory';
import type { Programs } from '../debugger/places/program-place';
import { whereIs, whereText, type Where } from '../debugger/places/where';
import { guestProcessors, type Technique } from '../debugger/techniques';
import { faultAddress } from '../debugger/trace/event-log';
import { troubleText } from '../debugger/words/ends';
import {
  chainText,
  exceptionName,
  exceptionText,
  type ToldException,
} from '../debugger/words/faults';
import type { InterruptEvent } from '../processor/events/event';
import type { Processor } from '../processor/processor';
import type { Machine, Outcome } from '../session';

/** An exception for the JSON report. */
export interface FaultReport {
  readonly exception: string;
  readonly vector: number;
  readonly errorCode?: string | undefined;
  readonly address?: string | undefined;
  /** Stable name of the check that failed. */
  readonly check?: string | undefined;
  readonly reason?: string | undefined;
  readonly section?: string | undefined;
}

/** What is said of a run that did not end as anybody wishes, and of what it met on the way. */
export interface Trouble {
  readonly text: string | undefined;
  /** Where the guest was at the end. */
  readonly place: Where;
  /** The exceptions that led to the end. */
  readonly faults: readonly FaultReport[];
}

/** An event through an empty vector, or the latest exception; and where it was raised. */
interface Noted {
  readonly event: InterruptEvent;
  readonly place: Where;
}

/** An event that was raised, or delivered. */
type Told = ToldException & { readonly kind: string };

const hex = (value: bigint | number): string => `0x${value.toString(16)}`;

/** Watches a run that nobody debugs, so that its end can be explained. */
export class TroubleWatch {
  private firstEmpty: Noted | undefined;
  private last: { readonly event: ToldException; readonly rip: bigint } | undefined;
  private readonly memory: DebugMemory;

  constructor(
    private readonly machine: Machine,
    /** How the machine virtualizes: the first guest, by each of its processors. */
    private readonly techniques: readonly [Technique, ...Technique[]],
    private readonly known: Programs,
  ) {
    const own = machine.computer.processor;
    const vm = machine.vms?.all[0];
    const { physical, mmu } = own;
    this.memory = new DebugMemory(
      physical,
      () => this.technique.guestPaging,
      () => this.technique.secondLevel,
      (address) => mmu.onBus(address),
      () => this.technique.shadowPaging,
      () => this.technique.directTables,
    );
    const { processors } = machine.computer;
    for (const cpu of vm ? guestProcessors(this.technique, vm, own) : processors) {
      this.observe(cpu, () => this.isPresent);
    }
  }

  /** That of the processor whose turn it is, where there are several. */
  get technique(): Technique {
    const { machine, techniques } = this;
    return techniques[machine.present] ?? techniques[0];
  }

  /** Whether it is the turn of the first guest. */
  private get isPresent(): boolean {
    const { machine, techniques } = this;
    return machine.present < techniques.length;
  }

  /** What whoever runs the guest takes first is the guest's only if it is delivered. */
  private observe(cpu: Processor, isPresent: () => boolean): void {
    const { observer, state } = cpu;
    const note = (event: Told, rip: bigint): void => {
      if (event.kind === 'hardware-exception') this.last = { event, rip };
    };
    observer.raising = (event, emptyVector) => {
      if (!isPresent() || this.technique.withholds?.(event.vector)) return false;
      note(event, state.rip);
      if (emptyVector) this.firstEmpty ??= { event, place: this.place };
      return false;
    };
    observer.delivered = (event) => {
      if (isPresent()) note({ ...event, address: faultAddress(event, cpu) }, event.from);
    };
  }

  /** Where the guest is. */
  private get place(): Where {
    const { technique, memory, known } = this;
    return whereIs({ registers: technique.guest, memory, known });
  }

  after(outcome: Outcome): Trouble {
    const { place } = this;
    const texts = [this.endText(outcome, place), this.emptyVectorText(outcome)];
    const text = texts.filter((part) => part !== undefined).join('\n');
    return { text: text || undefined, place, faults: this.faults(outcome) };
  }

  private faults(outcome: Outcome): FaultReport[] {
    if (outcome.kind === 'shutdown') return this.machine.processor.faultChain.map(reported);
    return outcome.kind === 'instruction-limit' && this.last ? [reported(this.last.event)] : [];
  }

  private endText(outcome: Outcome, place: Where): string | undefined {
    switch (outcome.kind) {
      case 'shutdown': {
        const { faultChain } = this.machine.processor;
        const chain = chainText(faultChain, whereText(place));
        return `${l10n.t('Triple fault')}\n${chain}`;
      }
      case 'instruction-limit':
        return this.limitText(place);
      default:
        return troubleText(outcome, this.technique.exits);
    }
  }

  private limitText(place: Where): string {
    const reached = l10n.t('The instruction limit is reached at {0}.', whereText(place));
    if (!this.last) return reached;
    const { event, rip } = this.last;
    return [reached, l10n.t('The latest exception:'), exceptionText(event, hex(rip))].join('\n');
  }

  /** Only of a run that ended well by chance, or not at all: its cause would be lost otherwise. */
  private emptyVectorText(outcome: Outcome): string | undefined {
    if (!this.firstEmpty || outcome.kind === 'exit-device') return undefined;
    const { event, place } = this.firstEmpty;
    const { vector } = event;
    const isException = event.kind.endsWith('exception');
    const what = isException
      ? exceptionText(event, whereText(place))
      : l10n.t('{0} at {1}', l10n.t('Interrupt {0}', hex(vector)), whereText(place));
    const nowhere = l10n.t(
      'Vector {0} is 0000:0000: there is no handler. The program went on in the vector table.',
      hex(vector),
    );
    return `${what}\n${nowhere}`;
  }
}

function reported(exception: ToldException): FaultReport {
  const { vector, errorCode, address, reason } = exception;
  return {
    exception: exceptionName(exception),
    vector,
    errorCode: errorCode === undefined ? undefined : hex(errorCode),
    address: address === undefined ? undefined : hex(address),
    check: reason?.check,
    reason: reason?.words(),
    section: reason?.section,
  };
}
