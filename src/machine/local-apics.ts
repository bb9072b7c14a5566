import type { ApicRegisters } from '../processor/bus';
import type { Clock } from './devices/clock';
import { LocalApic } from './devices/apic/local-apic';
import type { ApicMessage, Shorthand } from './devices/apic/message';
import { apicRegisters } from './devices/apic/x2apic';
import type { Pic8259 } from './devices/pic8259';
import type { ProcessorApic } from './processor-apic';

/** What the local APICs of a computer reach. */
export interface LocalApicsParts {
  readonly clock: Clock;
  /** What of each processor belongs to its local APIC. The first one is the bootstrap processor. */
  readonly processors: readonly ProcessorApic[];
  readonly pic: Pic8259;
  /** An interrupt that came by a level is over. */
  readonly onEndOfInterrupt: (vector: number) => void;
}

/** What of a local APIC's registers it answers for itself. */
export type OwnApicRegisters = Omit<ApicRegisters, 'baseChanged'>;

/** A processor's local APIC, and how its processor reaches it. */
interface Attached {
  readonly apic: LocalApic;
  readonly registers: OwnApicRegisters;
  readonly processor: ProcessorApic;
}

/** The local APICs of a computer's processors, and what brings messages from one to others. */
export class LocalApics {
  private readonly attached: readonly [Attached, ...Attached[]];
  /** The processor that executes, whose accesses come to its own. */
  present = 0;

  constructor(private readonly parts: LocalApicsParts) {
    const [first, ...others] = parts.processors.map((processor, number) =>
      this.attach(processor, number),
    );
    if (!first) throw new Error('a computer without a processor');
    this.attached = [first, ...others];
  }

  private attach(processor: ProcessorApic, number: number): Attached {
    const { clock, onEndOfInterrupt } = this.parts;
    const apic = new LocalApic({
      clock,
      number,
      taskPriority: {
        get: () => processor.taskPriority,
        set: (value) => (processor.taskPriority = value),
      },
      x2apic: () => processor.x2apic,
      timeStamp: () => BigInt.asUintN(64, BigInt(clock.now) + processor.timeStampOffset),
      onEndOfInterrupt,
      send: (message, shorthand) => {
        this.sendFrom(number, message, shorthand);
      },
    });
    return { apic, registers: apicRegisters(apic), processor };
  }

  get all(): readonly LocalApic[] {
    return this.attached.map(({ apic }) => apic);
  }

  private of(number: number): Attached {
    return this.attached[number] ?? this.attached[0];
  }

  /** That of the processor that executes. */
  get current(): LocalApic {
    return this.of(this.present).apic;
  }

  /** That of a processor as MSRs reach it. */
  registersOf(number: number): OwnApicRegisters {
    return this.of(number).registers;
  }

  /** Where its page of registers lies for its processor. */
  get page(): number | undefined {
    return this.of(this.present).processor.apicPage;
  }

  /** Whether any processor has its local APIC enabled. */
  get anyEnabled(): boolean {
    return this.attached.some(({ processor }) => processor.apicEnabled);
  }

  /** Whether what the 8259 pair requests reaches a processor. */
  get passExternal(): boolean {
    return this.attached.some(
      ({ apic, processor }) => !processor.apicEnabled || apic.passesExternal,
    );
  }

  /** Whether a timer of theirs will interrupt. */
  get timerArmed(): boolean {
    return this.attached.some(({ apic, processor }) => processor.apicEnabled && apic.timerArmed);
  }

  /** INTR as a processor sees it behind its local APIC. */
  requests(number: number): boolean {
    const { apic, processor } = this.of(number);
    const { pic } = this.parts;
    if (!pic.intr && !apic.intr) return false; // mostly, and asked after every exit
    if (!processor.apicEnabled) return pic.intr && number === 0;
    return apic.intr || (pic.intr && apic.passesExternal);
  }

  /** The interrupt-acknowledge cycle: gives the vector. */
  acknowledge(number: number): number {
    const { apic, processor } = this.of(number);
    return processor.apicEnabled && apic.intr ? apic.acknowledge() : this.parts.pic.acknowledge();
  }

  /** A message of an I/O APIC. */
  send(message: ApicMessage): void {
    const { destination, logical } = message;
    this.hand(
      this.attached.filter(({ apic }) => apic.accepts(destination, logical)),
      message,
    );
  }

  private sendFrom(sender: number, message: ApicMessage, shorthand: Shorthand): void {
    if (shorthand === 'none') {
      this.send(message);
      return;
    }
    const takes = (number: number): boolean =>
      shorthand === 'all' || (number === sender) === (shorthand === 'self');
    this.hand(
      this.attached.filter((_, number) => takes(number)),
      message,
    );
  }

  /** One of those that take a message of the lowest priority gets it: whose own priority is the lowest (SDM 3A 11.6.2.4). */
  private hand(takers: readonly Attached[], message: ApicMessage): void {
    const { delivery, vector, level } = message;
    switch (delivery) {
      case 'fixed':
        for (const { apic } of takers) apic.request(vector, level);
        return;
      case 'lowest-priority':
        lowest(takers)?.apic.request(vector, level);
        return;
      case 'INIT':
      case 'NMI':
      case 'SMI':
        for (const { processor } of takers) processor.receive?.({ kind: delivery });
        return;
      case 'start-up':
        for (const { processor } of takers) processor.receive?.({ kind: 'start-up', vector });
        return;
      // The 8259 pair is wired to LINT0.
      default:
    }
  }
}

function lowest(takers: readonly Attached[]): Attached | undefined {
  const willing = takers.filter(({ apic }) => apic.isEnabled);
  return willing.reduce<Attached | undefined>(
    (best, taker) =>
      best && best.apic.processorPriority <= taker.apic.processorPriority ? best : taker,
    undefined,
  );
}
