import { Debuggee } from '../debugger/debuggee';
import { asLoaded, assembleText, flatImage, type MonitorName, type ProfileName } from '../session';
import { GdbClient } from './client.testing';
import { Inferior } from './inferior';
import type { Width } from './registers';
import { Session } from './session';

export interface InlineOptions {
  readonly monitor?: MonitorName;
  readonly cpus?: number;
  readonly width?: Width;
  /** Another guest with the same program. */
  readonly other?: boolean;
}

/** A client and what it debugs, without a network between them. */
export interface InlineSession {
  readonly client: GdbClient;
  readonly debuggee: Debuggee;
  /** What the host was told: 'killed', 'ended 7', mistakes of ours. */
  readonly told: string[];
  /** The address of a label, as packets have it. */
  at(label: string): string;
  /** Another client, after this one has gone. */
  reconnect(): GdbClient;
}

export async function inlineSession(
  source: string,
  { monitor = 'none', cpus = 1, width = 64, other = false }: InlineOptions = {},
): Promise<InlineSession> {
  const program = await assembleText(source);
  const image = flatImage(program);
  const programs = [asLoaded(program)] as const;
  const cpu: ProfileName = monitor === 'svm' ? 'amd' : 'intel';
  const memory = 1 << 20;
  const guests = other ? [{ name: 'other', programs, image, memory }] : [];
  const machine = { image, monitor, memory, cpu, cpus, guests, name: 'guest' };
  const debuggee = new Debuggee(
    { ...machine, programs, holdInterrupts: true, historyMemory: 16 << 20 },
    {
      output: () => undefined,
      log: () => undefined,
      breathe: () => new Promise((done) => setImmediate(done)),
    },
  );
  const inferior = new Inferior(debuggee);
  const told: string[] = [];
  let session: Session | undefined;
  const connect = (): GdbClient => {
    session?.close();
    const client = new GdbClient((bytes) => {
      session?.receive(bytes);
    });
    session = new Session(
      inferior,
      {
        send: (bytes) => {
          client.receive(bytes);
        },
        killed: () => told.push('killed'),
        ended: (exitCode) => told.push(`ended ${String(exitCode)}`),
        bug: (error) => told.push(error instanceof Error ? (error.stack ?? '') : String(error)),
      },
      width,
    );
    return client;
  };
  const at = (label: string): string => {
    const symbol = program.symbols.all.find(({ name }) => name === label);
    return Number(symbol?.value).toString(16);
  };
  return { client: connect(), debuggee, told, at, reconnect: connect };
}
