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
  const lines = recentLines(run, count).filter(
    ({ file, line }) => !context.edits.lacks(file, line),
  );
  return { lines: lines.map((line) => lineBody(context, line)) };
}

function lineBody(
  context: SessionContext,
  { file, line, ago, times, registers }: RecentLine,
): RecentLineBody {
  return {
    source: context.shippedSources.source(file),
    line: context.clientLine(file, line),
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
