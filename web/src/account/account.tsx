import { useEffect } from "preact/hooks";
import { leave, lookAtMe, me, session } from "../session/session";
import { dollars } from "../ui/format";
import { Icon } from "../ui/icon";
import { Keys } from "./keys";
import { Usage } from "./usage";
import "./account.css";

export function Account() {
  useEffect(() => {
    lookAtMe().catch(() => undefined); // the page shows what it knew
  }, []);
  const who = me.value;
  if (!who) return null;
  return (
    <div class="stack account">
      <div class="row">
        <h1>Account</h1>
        <span class="tag">
          <Icon name="user" />
          {who.username}
        </span>
        <span class="header-gap" />
        {session.value?.auth && (
          <button class="button" type="button" onClick={leave}>
            Sign out
          </button>
        )}
      </div>
      <dl class="account-money">
        <div class="card">
          <dt>Free to spend</dt>
          <dd>{dollars(who.free)}</dd>
        </div>
        <div class="card">
          <dt>Held for what is running</dt>
          <dd>{dollars(who.held)}</dd>
        </div>
        {who.spend_limit && (
          <div class="card">
            <dt>Left of {limitSaid(who.spend_limit)}</dt>
            <dd>{dollars(who.spend_limit.left ?? who.spend_limit.amount)}</dd>
          </div>
        )}
        {who.key?.spend_limit && (
          <div class="card">
            <dt>Left of this key's {limitSaid(who.key.spend_limit)}</dt>
            <dd>{dollars(who.key.spend_limit.left ?? who.key.spend_limit.amount)}</dd>
          </div>
        )}
      </dl>
      {Number(who.free) < 1 && (
        <p class="card small">
          Whoever runs this server adds credit with{" "}
          <code>cutroom credits add --namespace {who.username} 20</code>
        </p>
      )}
      <Usage />
      <Keys />
    </div>
  );
}

const PERIODS: Readonly<Record<string, string>> = { day: " a day", month: " a month", ever: "" };

/** A spend limit in words: `$5.00 a month`. */
export const limitSaid = ({ amount, period }: { amount: string; period: string }): string =>
  `${dollars(amount)}${PERIODS[period] ?? ""}`;
