import type { KeyChange, MouseArguments, ScreenBody } from '../../adapter/protocol';

/** What the extension tells the page of the guest's screen. */
export type ToPage =
  /** @property whole nothing of what the page has is needed to draw it */
  | { readonly type: 'screen'; readonly body: ScreenBody; readonly whole: boolean }
  | GuestState
  | { readonly type: 'image' };

/** How it is with the guest. */
export interface GuestState {
  readonly type: 'state';
  /** In words; nothing while it runs. */
  readonly text: string;
  /** It takes keys. */
  readonly alive: boolean;
  /** It has turned its mouse on. */
  readonly mouse: boolean;
}

/** What stands in the page. */
export interface Drawn {
  readonly width: number;
  readonly height: number;
  /** The lines of a text screen; nothing for a picture. */
  readonly text: string;
}

/** What the page tells the extension. */
export type FromPage =
  | { readonly type: 'ready' }
  | { readonly type: 'drawn'; readonly drawn: Drawn }
  | { readonly type: 'keys'; readonly keys: KeyChange[] }
  | { readonly type: 'mouse'; readonly change: MouseArguments }
  | { readonly type: 'captured'; readonly captured: boolean }
  | { readonly type: 'command'; readonly command: string }
  /** The canvas as a PNG file, in base64. */
  | { readonly type: 'image'; readonly png: string };

/** The texts that the page shows by itself. */
export interface PageTexts {
  readonly free: string;
  readonly captured: string;
  /** The keyboard is captured; the guest has a mouse, which is not. */
  readonly mouseFree: string;
  readonly mouseCaptured: string;
  readonly picture: string;
}
