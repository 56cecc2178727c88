/** The one place that speaks HTTP to the API. */

import { address } from "./address";
import type { components, paths } from "./schema";

export type Schemas = components["schemas"];

/** The JSON that a route answers with on success. */
export type Answer<
  Path extends keyof paths,
  Method extends keyof paths[Path],
> = paths[Path][Method] extends { responses: { 200: { content: { "application/json": infer T } } } }
  ? T
  : never;

/** What the API answered that was no success; `detail` says in words what to do. */
export class ApiError extends Error {
  constructor(
    /** The HTTP status; 0 when no answer came. */
    readonly status: number,
    /** The word for it, such as `invalid_params`. */
    readonly type: string,
    readonly detail: string,
    /** Seconds after which to come back, where the answer says so. */
    readonly wait: number | null = null,
  ) {
    super(detail);
  }
}

const OFFLINE = "The server cannot be reached. It may have been stopped; trying again may help.";

/** Called when an answer says that nobody is signed in any more. */
let onSignedOut: () => void = () => undefined;

export function whenSignedOut(then: () => void): void {
  onSignedOut = then;
}

export interface Call {
  method?: "GET" | "HEAD" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** Sent as JSON. */
  json?: unknown;
  /** Sent as it is, instead of `json`. */
  body?: Blob;
  headers?: Record<string, string>;
  signal?: AbortSignal;
}

/** The JSON of an answer. Throws ApiError, and what `signal` throws. */
export async function ask<T>(path: string, call: Call = {}): Promise<T> {
  const answer = await send(path, call);
  return (await answer.json()) as T;
}

/** An answer of success. Throws ApiError, and what `signal` throws. */
export async function send(path: string, call: Call = {}): Promise<Response> {
  const headers = { ...call.headers };
  if (call.json !== undefined) headers["Content-Type"] = "application/json";
  let answer: Response;
  try {
    answer = await fetch(address(path), {
      method: call.method ?? "GET",
      headers,
      credentials: "same-origin",
      ...(call.json === undefined ? {} : { body: JSON.stringify(call.json) }),
      ...(call.body ? { body: call.body } : {}),
      ...(call.signal ? { signal: call.signal } : {}),
    });
  } catch (error) {
    if (call.signal?.aborted) throw error;
    throw new ApiError(0, "unreachable", OFFLINE);
  }
  if (answer.ok) return answer;
  throw failed(answer.status, await text(answer), answer.headers.get("Retry-After"));
}

/** The error that a body of an answer tells; `status` 401 also signs the page out. */
export function failed(status: number, body: string, retryAfter: string | null = null): ApiError {
  const told = parsed(body)?.error;
  const detail = told?.detail ?? told?.message ?? told?.title ?? unsaid(status);
  const error = new ApiError(status, told?.type ?? "", detail, Number(retryAfter) || null);
  if (status === 401) onSignedOut();
  return error;
}

/** For an answer without words: a proxy's page, say. */
function unsaid(status: number): string {
  const again = status >= 500 ? " It may be starting anew; trying again may help." : "";
  return `The server answered ${status}.${again}`;
}

interface Told {
  error?: { type?: string; title?: string; detail?: string; message?: string };
}

function parsed(body: string): Told | null {
  try {
    const told: unknown = JSON.parse(body);
    return typeof told === "object" && told !== null ? (told as Told) : null;
  } catch {
    return null; // a proxy's page, say
  }
}

async function text(answer: Response): Promise<string> {
  try {
    return await answer.text();
  } catch {
    return "";
  }
}

/** What to tell a person of whatever was thrown. */
export function said(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
