import * as l10n from '@vscode/l10n';
import { recentLines, type RecentLine } from '../../debugger/places/recent-lines';
import type { SessionContext } from '../context';
import { RequestError } from '../request-error';
import type { RecentLineBody, RecentLinesArguments, RecentLinesResponse } from './protocol';

const USUAL = 100;
const MOST = 10_000;

/** @throws RequestError while the guest runs */
export function recentLinesBody(
  context: SessionContext,
  { instructions = USUAL }: RecentLinesArguments,
): RecentLinesResponse {
  const { run } = context.debuggee;
  if (run.isRunning) throw new RequestError(l10n.t('the guest is running'));
  const count = Math.min(MOST, Math.max(1, instructions));
  return { lines: recentLines(run, count).map((line) => lineBody(context, line)) };
}

function lineBody(
  { client, shippedSources }: SessionContext,
  { file, line, ago, times, registers }: RecentLine,
): RecentLineBody {
  return {
    source: shippedSources.source(file),
    line: client.toClientLine(line),
    ago,
    times,
    registers: registers.map(({ name, before, after }) => ({
      name,
      before: hex(before),
      after: hex(after),
    })),
  };
}

const hex = (value: bigint): string => `0x${value.toString(16)}`;
