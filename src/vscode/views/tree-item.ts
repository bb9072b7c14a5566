import * as vscode from 'vscode';
import type { ViewNode } from '../../adapter/protocol';
import type { Row } from './view-tree';

const STATES = {
  none: vscode.TreeItemCollapsibleState.None,
  collapsed: vscode.TreeItemCollapsibleState.Collapsed,
  expanded: vscode.TreeItemCollapsibleState.Expanded,
} as const;

/** How a row looks. A changed value carries an icon of its own, not only a colour. */
export function toTreeItem({ view, node }: Row): vscode.TreeItem {
  const item = new vscode.TreeItem(node.label, STATES[node.children]);
  item.id = node.id;
  if (node.description !== undefined) item.description = node.description;
  if (node.tooltip !== undefined) item.tooltip = new vscode.MarkdownString(node.tooltip, true);
  const icon = iconOf(node);
  if (icon) item.iconPath = icon;
  item.contextValue = abilitiesOf(node).join(' ');
  item.accessibilityInformation = { label: spoken(node) };
  if (node.location) {
    item.command = {
      command: 'ringside.goToRow',
      title: vscode.l10n.t('Go to Source'),
      arguments: [{ view, node }],
    };
  }
  return item;
}

function iconOf(node: ViewNode): vscode.ThemeIcon | undefined {
  if (node.severity === 'error') {
    return new vscode.ThemeIcon('error', new vscode.ThemeColor('list.errorForeground'));
  }
  if (node.severity === 'warning') {
    return new vscode.ThemeIcon('warning', new vscode.ThemeColor('list.warningForeground'));
  }
  if (node.changed) {
    return new vscode.ThemeIcon(
      'diff-modified',
      new vscode.ThemeColor('debugTokenExpression.number'),
    );
  }
  if (node.dimmed) {
    return new vscode.ThemeIcon('circle-slash', new vscode.ThemeColor('disabledForeground'));
  }
  if (node.icon !== undefined) return new vscode.ThemeIcon(node.icon);
  // Keeps the names of values in one column with those that carry a mark.
  return node.value === undefined ? undefined : new vscode.ThemeIcon('blank');
}

/** What the context menu offers (package.json, `viewItem =~ /\bvalue\b/`). */
function abilitiesOf(node: ViewNode): string[] {
  return [
    ...(node.value === undefined ? [] : ['value']),
    ...(node.expression === undefined ? [] : ['expression']),
    ...(node.memoryReference === undefined ? [] : ['memory']),
    ...(node.memoryBytes === undefined ? [] : ['stored']),
    ...(node.editable ? ['editable'] : []),
    ...(node.location ? ['location'] : []),
    ...(node.exit === undefined ? [] : ['moment']),
  ];
}

function spoken(node: ViewNode): string {
  return [
    node.label,
    node.description,
    node.changed ? vscode.l10n.t('changed') : undefined,
    node.severity === 'error' ? vscode.l10n.t('error') : undefined,
  ]
    .filter((part) => part !== undefined)
    .join(vscode.l10n.t(', '));
}
