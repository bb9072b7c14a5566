import * as l10n from '@vscode/l10n';
import type { DebugProtocol } from '@vscode/debugprotocol';
import {
  describeError,
  evaluate,
  ExpressionError,
  wholeNumber,
  type ExpressionContext,
} from '../../debugger/expressions';
import type { DataBreakpoint } from '../../debugger/run/data-breakpoints';
import type { AddressSpace } from '../../debugger/memory';
import type { SessionContext } from '../context';
import { handler, type Handlers } from '../handlers';
import { worldOf } from '../inspect/worlds';
import { memoryReference, parseReference, type MemoryAddress } from '../memory/memory-reference';

/** Bytes that one data breakpoint may be on: more than anybody means. */
const MOST_BYTES = 1 << 20;
/** Bytes of an address, where nothing is said of them. */
const USUAL_BYTES = 1;

/** Memory of a guest. */
export interface DataPlace {
  readonly space: AddressSpace;
  readonly address: bigint;
  readonly guest: number;
  readonly bytes: number;
}

type InfoBody = DebugProtocol.DataBreakpointInfoResponse['body'];

/** Breakpoints on memory: `DataBreakpoints` of the debugger. */
export function dataBreakpointRequests(context: SessionContext): Handlers {
  return {
    dataBreakpointInfo: handler((args: DebugProtocol.DataBreakpointInfoArguments): InfoBody => {
      const found = placeFor(context, args);
      if (typeof found === 'string') return { dataId: null, description: found };
      return {
        dataId: dataIdOf(found),
        description: describe(found, args.name),
        accessTypes: ['write'],
        canPersist: false,
      };
    }),

    setDataBreakpoints: handler(({ breakpoints }: DebugProtocol.SetDataBreakpointsArguments) => ({
      breakpoints: context.breakpoints?.set(
        'data',
        'data breakpoint',
        breakpoints.map(({ dataId, accessType, ...options }) => ({
          at: 'data',
          key: dataId,
          dataId,
          accessType,
          ...options,
        })),
      ),
    })),
  };
}

/** What the client means, or why that is nothing that can be watched. */
function placeFor(
  context: SessionContext,
  {
    variablesReference,
    name,
    frameId,
    bytes,
    asAddress,
    mode,
  }: DebugProtocol.DataBreakpointInfoArguments,
): DataPlace | string {
  if (variablesReference) return ofVariable(context, variablesReference, name);
  const world = worldOf(context, frameId);
  return withinReason(() =>
    asAddress ? atAddress(world, name, bytes, mode) : ofExpression(world, name, bytes),
  );
}

function ofVariable(context: SessionContext, reference: number, name: string): DataPlace | string {
  const { rows, world } = context.source(reference);
  const row = rows({ hex: true }).find((each) => each.name === name);
  if (row?.expression === undefined) return nothingThere(name);
  const { expression } = row;
  return withinReason(() => ofExpression(world, expression, undefined));
}

function ofExpression(
  world: ExpressionContext,
  text: string,
  bytes: number | undefined,
): DataPlace | string {
  const { memory } = evaluate(text, world);
  if (!memory || memory.space === 'host') return nothingThere(text);
  const { space, address } = memory;
  return { space, address, guest: world.target.number, bytes: bytes ?? memory.bytes };
}

function atAddress(
  world: ExpressionContext,
  text: string,
  bytes = USUAL_BYTES,
  mode?: string,
): DataPlace | string {
  const named = parseReference(text);
  const guest = world.target.number;
  if (named && named.space === 'hva') return nothingThere(text);
  const place: MemoryAddress = named ?? {
    space: 'gva',
    address: BigInt.asUintN(64, wholeNumber(evaluate(text, world), 1)),
  };
  const space = (mode as AddressSpace | undefined) ?? (place.space as AddressSpace);
  return { space, address: place.address, guest: place.guest ?? guest, bytes };
}

/** An expression that is none, or a size that nobody means, is an answer too. */
function withinReason(find: () => DataPlace | string): DataPlace | string {
  try {
    const found = find();
    if (typeof found === 'string' || (found.bytes >= 1 && found.bytes <= MOST_BYTES)) return found;
    return l10n.t('A data breakpoint is on 1 to {0} bytes.', MOST_BYTES.toLocaleString('en'));
  } catch (error) {
    if (error instanceof ExpressionError) return describeError(error);
    throw error;
  }
}

const nothingThere = (name: string): string => l10n.t('{0} does not lie in memory.', name);

/** `gva:0x600/4`, of another guest than the first `gva@1:0x600/4`. */
const dataIdOf = ({ bytes, ...place }: DataPlace): string =>
  `${memoryReference(place)}/${String(bytes)}`;

/** @returns undefined for what is no such text */
export function dataPlaceOf(dataId: string): DataPlace | undefined {
  const [, reference = '', bytes = ''] = /^(.*)\/(\d{1,7})$/.exec(dataId) ?? [];
  const place = parseReference(reference);
  const length = Number(bytes);
  if (!place || place.space === 'hva' || length < 1 || length > MOST_BYTES) return undefined;
  return { space: place.space, address: place.address, guest: place.guest ?? 0, bytes: length };
}

export function dataBreakpointAt(
  { debuggee }: SessionContext,
  when: Omit<DataBreakpoint, 'address' | 'length'>,
  { space, address, guest, bytes }: DataPlace,
): DataBreakpoint {
  // The processors of the bare computer have one memory.
  const owner = debuggee.guests.length > 1 ? guest : undefined;
  return { ...when, space, address, length: bytes, guest: owner };
}

function describe({ space, address, bytes }: DataPlace, name: string): string {
  const at = `${space}:0x${address.toString(16)}`;
  return l10n.t('{0}: {1} bytes at {2}', name, String(bytes), at);
}
