/** Who uses the page. */

import { signal } from "@preact/signals";
import { knowBase } from "../api/address";
import { type Answer, ask, whenSignedOut } from "../api/client";
import { forget, stored } from "../ui/stored";

export interface Session {
  /** Whether this server wants keys. */
  auth: boolean;
  user: string | null;
  /** Unix seconds; null: it does not end by itself. */
  expires: number | null;
  /** Under what the server hands out addresses. */
  base: string;
}

/** null until the server was asked. */
export const session = signal<Session | null>(null);

/** Why somebody has to sign in again, where there is a reason to tell. */
export const signedOutBecause = signal<string | null>(null);

/** The namespace that the page acts for; "" before anybody is known. */
export const namespace = (): string => session.value?.user ?? "";

type MeAnswer = Answer<"/api/users/me", "get">;
export type Me = MeAnswer["user"];
/** Balance, scopes, organisations; null until known. Look again with `lookAtMe`. */
export const me = signal<Me | null>(null);

whenSignedOut(() => {
  if (session.value?.user == null) return;
  signedOutBecause.value = "Your session has ended: its key was revoked, or it expired.";
  session.value = { ...session.value, user: null };
  me.value = null;
});

/** Ask who we are, redeeming the one-time link of the address first if there is one. */
export async function begin(): Promise<void> {
  const link = /^#link=([^&]+)/.exec(location.hash)?.[1];
  if (link) {
    history.replaceState(null, "", "#/"); // the link is of no more use, and nobody should copy it
    try {
      await enter({ link: decodeURIComponent(link) });
      return;
    } catch (error) {
      signedOutBecause.value = error instanceof Error ? error.message : String(error);
    }
  }
  await know(await ask<Session>("api/session"));
}

/** Sign in with a key or a one-time link. Throws ApiError. */
export async function enter(by: { key: string } | { link: string }): Promise<void> {
  await know(await ask<Session>("api/session", { method: "POST", json: by }));
}

export async function leave(): Promise<void> {
  await ask<Session>("api/session", { method: "DELETE" });
  location.reload(); // nothing of the last person stays in memory
}

/** For whom this browser keeps a draft. */
const last = stored<string | null>("user", null);

async function know(told: Session): Promise<void> {
  if (isSomebodyElse(told.user)) {
    forget("draft", "shown");
    location.reload(); // nothing of the last person stays in memory
    return;
  }
  knowBase(told.base);
  session.value = told;
  if (told.user === null) return;
  signedOutBecause.value = null;
  await lookAtMe();
}

/** Whether the last who used this browser was another. */
function isSomebodyElse(user: string | null): boolean {
  if (user === null) return false;
  const before = last.get();
  last.set(user);
  return before !== null && before !== user;
}

/** Fetch the balance anew. */
export async function lookAtMe(): Promise<void> {
  me.value = (await ask<MeAnswer>("api/users/me")).user;
}
