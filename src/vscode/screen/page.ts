import * as vscode from 'vscode';
import { randomText } from '../html';
import { markup } from './markup';
import type { PageTexts } from './messages';

/** The page of the guest's screen. Nothing in it comes from elsewhere, and only our script runs. */
export function pageOf(webview: vscode.Webview, script: vscode.Uri): string {
  const texts: PageTexts = {
    free: vscode.l10n.t('Click the screen, or press Enter on it, to type to the guest'),
    captured: vscode.l10n.t('Keyboard captured — press Ctrl+Alt to release'),
    mouseFree: vscode.l10n.t(
      'Keyboard captured — click for the mouse, too — press Ctrl+Alt to release',
    ),
    mouseCaptured: vscode.l10n.t('Keyboard and mouse captured — press Ctrl+Alt to release'),
    picture: vscode.l10n.t('The guest shows a picture.'),
  };
  return markup({
    nonce: randomText(),
    script: webview.asWebviewUri(script).toString(),
    language: vscode.env.language,
    title: vscode.l10n.t('Guest Screen'),
    textRegion: vscode.l10n.t("Text on the guest's screen"),
    // Commands of the extension, and keys that a browser keeps for itself.
    buttons: [
      { label: vscode.l10n.t('Paste as Typing'), command: 'ringside.pasteIntoGuest' },
      { label: 'Ctrl+Alt+Del', command: 'ringside.pressCtrlAltDel' },
      { label: vscode.l10n.t('Copy Text'), command: 'ringside.copyScreenText' },
      { label: vscode.l10n.t('Save Screenshot…'), command: 'ringside.saveScreenshot' },
    ],
    texts: JSON.stringify(texts),
  });
}
