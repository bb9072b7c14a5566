import * as vscode from 'vscode';
import type { RecentLineBody, RegisterThenBody } from '../../adapter/past/protocol';
import { registerFamily } from '../language/registers';

/** What is told of a line that was executed lately: when, and the registers that it names or has changed. */
export function hoverOf(line: RecentLineBody, text: string): vscode.MarkdownString {
  const named = new Set(text.replace(/;.*/, '').match(/\w+/g)?.map(registerFamily));
  const told = line.registers.filter(
    (register) => isChanged(register) || named.has(registerFamily(register.name)),
  );
  const { ago, times } = line;
  const when =
    ago === 1
      ? vscode.l10n.t('Executed as the last instruction.')
      : vscode.l10n.t('Executed {0} instructions ago.', ago.toLocaleString());
  const often = times > 1 ? vscode.l10n.t('{0} times lately.', times.toLocaleString()) : '';
  const rows = told.map((register) => `- ${registerText(register)}`);
  return new vscode.MarkdownString([`${when} ${often}`, '', ...rows].join('\n'));
}

const isChanged = ({ before, after }: RegisterThenBody): boolean => before !== after;

function registerText(register: RegisterThenBody): string {
  const { name, before, after } = register;
  return isChanged(register)
    ? `\`${name}\` ${before} → **${after}**`
    : `\`${name}\` ${vscode.l10n.t('{0}, as before', before)}`;
}
