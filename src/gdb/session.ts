import type { Debuggee } from '../debugger/debuggee';
import type { RunCommand } from '../debugger/run/run-settings';
import type { Target, World } from '../debugger/target';
import { accessOf, type ClientBreakpoint } from './client-breakpoint';
import { noThread, PacketError, refused } from './errors';
import type { Handlers } from './handlers';
import type { Inferior } from './inferior';
import { packetOf, PacketReader, type Received } from './packet';
import { breakpointPackets } from './packets/breakpoints';
import { memoryPackets } from './packets/memory';
import { endPackets, queryPackets, textPacket } from './packets/queries';
import { registerPackets } from './packets/registers';
import { runPackets } from './packets/running';
import { threadPackets } from './packets/threads';
import { registersOf, type GdbRegister, type Width } from './registers';
import { stopReply, stopWords } from './stop-reply';

/** Whoever has the connection to a client. */
export interface GdbHost {
  send(bytes: Uint8Array): void;
  /** The client has killed what it debugs. */
  killed(): void;
  /** The debuggee has ended, and the client has been told. */
  ended(exitCode: number): void;
  /** A mistake of ours. */
  bug(error: unknown): void;
}

/** The group of our breakpoints among all. */
const GROUP = 'gdb';
/** The name of a packet, and what follows it. */
const NAME = /^(vCont\?|v[A-Za-z]+|[qQ][A-Za-z]+|b[cs]$|[^])/;
/** Characters of a text in one packet. */
const PRINTED = 0x1000;

const HANDLERS: Handlers = {
  ...queryPackets,
  ...threadPackets,
  ...registerPackets,
  ...memoryPackets,
  ...breakpointPackets,
  ...runPackets,
  ...endPackets,
};

/** One client of the GDB remote protocol, from its connection to its end. */
export class Session {
  /** The thread whose registers and memory are meant. */
  thread: number;
  /** The thread that `s` steps; undefined for that which has its turn. */
  runThread: number | undefined;
  /** Whether the client wants to know which kind of breakpoint was hit. */
  tellsBreakpoints = false;
  readonly registers: readonly GdbRegister[];

  private readonly reader = new PacketReader();
  private acknowledges = true;
  private last: Uint8Array | undefined;
  private readonly breakpoints = new Map<string, ClientBreakpoint>();
  private nextId = 1;
  private queue = Promise.resolve();
  private isOver = false;

  constructor(
    private readonly inferior: Inferior,
    private readonly host: GdbHost,
    readonly width: Width = 64,
  ) {
    this.registers = registersOf(width);
    this.thread = this.debuggee.target.number + 1;
  }

  get debuggee(): Debuggee {
    return this.inferior.debuggee;
  }

  /** The guest or processor that the chosen thread is. */
  get target(): Target {
    return this.targetOf(this.thread);
  }

  /** The world that the chosen thread's machine code is in. */
  get world(): World {
    return this.target.code;
  }

  /** Guests that have ended are none. */
  get threads(): readonly number[] {
    const { targets } = this.debuggee;
    return targets.filter(({ vm }) => vm?.ended !== true).map(({ number }) => number + 1);
  }

  /** @throws PacketError when there is no such thread */
  targetOf(thread: number): Target {
    const target = this.debuggee.targets[thread - 1];
    if (!target || target.vm?.ended) throw noThread();
    return target;
  }

  /** Bytes from the client. */
  receive(bytes: Uint8Array): void {
    for (const received of this.reader.read(bytes)) this.take(received);
  }

  /** The client has gone: nothing that it has set stays, and the debuggee stands. */
  close(): void {
    this.isOver = true;
    this.letGo();
  }

  letGo(): void {
    this.debuggee.run.pause();
    this.breakpoints.clear();
    this.tellBreakpoints();
  }

  startNoAcknowledgements(): void {
    this.acknowledges = false;
  }

  /** Text for the client's console. Allowed while a command is answered, and while the debuggee runs. */
  print(text: string): void {
    for (let at = 0; at < text.length; at += PRINTED) {
      this.host.send(packetOf(textPacket(text.slice(at, at + PRINTED))));
    }
  }

  setBreakpoint(breakpoint: Omit<ClientBreakpoint, 'id'>, set: boolean): void {
    const { kind, address, length } = breakpoint;
    const key = `${kind}:${address.toString(16)}:${String(length)}`;
    if (!set) this.breakpoints.delete(key);
    else if (!this.breakpoints.has(key)) {
      this.breakpoints.set(key, { id: this.nextId++, ...breakpoint });
    }
    this.tellBreakpoints();
  }

  private tellBreakpoints(): void {
    const all = [...this.breakpoints.values()];
    const { breakpoints } = this.debuggee;
    breakpoints.watch(
      GROUP,
      all.flatMap(({ id, kind, address, length }) => {
        const access = accessOf(kind);
        return access ? [{ id, address, length, access }] : [];
      }),
    );
    breakpoints.replace(
      GROUP,
      all
        .filter(({ kind }) => !accessOf(kind))
        .map(({ id, address }) => ({
          id,
          places: [{ kind: 'address', space: 'gva', address } as const],
        })),
    );
  }

  /** Goes on elsewhere. */
  jump(address: bigint): void {
    const { world, registers } = this;
    registers.find(({ name }) => /^[er]ip$/.test(name))?.write(world, address);
    this.debuggee.edited();
  }

  /** The answer to `?`. */
  get lastStop(): string {
    const { result } = this.inferior;
    return stopReply(result, this.debuggee.target.number + 1, (id) => this.noteOn(id));
  }

  /** Lets the debuggee run. @returns the answer when it has stopped */
  async run(command: RunCommand, thread: number | undefined): Promise<string> {
    if (this.debuggee.run.isRunning) throw refused('the debuggee runs already');
    if (thread !== undefined) this.targetOf(thread);
    const result = await this.inferior.run(command, thread);
    const { target } = this.debuggee;
    this.thread = target.number + 1;
    const words = stopWords(result, target);
    if (words !== undefined && !this.isOver) this.print(`${words}\n`);
    return this.lastStop;
  }

  private noteOn(id: number): string | undefined {
    const hit = [...this.breakpoints.values()].find((each) => each.id === id);
    if (hit && accessOf(hit.kind)) return `${hit.kind}:${hit.address.toString(16)}`;
    return hit && this.tellsBreakpoints ? `${hit.kind}:` : undefined;
  }

  private take(received: Received): void {
    switch (received.kind) {
      case 'interrupt':
        this.debuggee.run.pause();
        return;
      case 'not-acknowledged':
        if (this.acknowledges && this.last) this.host.send(this.last);
        return;
      case 'acknowledged':
        return;
      case 'too-long':
        this.acknowledge(true);
        this.answerInTurn(() => 'E16');
        return;
      case 'packet':
        this.acknowledge(received.intact);
        if (received.intact || !this.acknowledges) this.packet(received.text);
    }
  }

  private acknowledge(intact: boolean): void {
    if (this.acknowledges) this.host.send(Uint8Array.of((intact ? '+' : '-').charCodeAt(0)));
  }

  private packet(text: string): void {
    // Whoever ends it does not wait until it stops.
    if (text === 'k' || text.startsWith('vKill')) {
      if (text !== 'k') this.answer('OK');
      this.close();
      this.host.killed();
    } else this.answerInTurn(() => this.handle(text));
  }

  /** One after the other: a packet that lets the debuggee run is answered when it stops. */
  private answerInTurn(handle: () => string | Promise<string>): void {
    this.queue = this.queue.then(async () => {
      if (this.isOver) return;
      this.answer(await this.outcome(handle));
      const { result } = this.inferior;
      if (result.kind === 'ended') this.host.ended(result.exitCode);
    });
  }

  private async outcome(handle: () => string | Promise<string>): Promise<string> {
    try {
      return await handle();
    } catch (error) {
      if (error instanceof PacketError) return `E${error.number.toString(16).padStart(2, '0')}`;
      this.host.bug(error);
      return 'E01';
    }
  }

  private handle(text: string): string | Promise<string> {
    const [name = ''] = NAME.exec(text) ?? [];
    const handler = Object.hasOwn(HANDLERS, name) ? HANDLERS[name] : undefined;
    return handler?.(this, text.slice(name.length)) ?? '';
  }

  private answer(payload: string): void {
    this.last = packetOf(payload);
    if (!this.isOver) this.host.send(this.last);
  }
}
