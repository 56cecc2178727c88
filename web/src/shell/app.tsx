import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { said } from "../api/client";
import { DropEverywhere } from "../footage/everywhere";
import { follow } from "../generations/generations";
import { DeleteDialog } from "../history/delete";
import { lookAtModels, models } from "../models/models";
import { hashOf, route } from "../route";
import { begin, session } from "../session/session";
import { SignIn } from "../session/sign-in";
import { later } from "../ui/later";
import { Workbench } from "../workbench/workbench";
import { Header } from "./header";
import { Notices } from "./notices";
import { followTitle } from "./title";

const Account = later(() => import("../account/account").then(({ Account }) => Account));
const Compare = later(() => import("../history/compare").then(({ Compare }) => Compare));
const GenerationPage = later(() => import("../generations/page").then((all) => all.GenerationPage));
const History = later(() => import("../history/history").then(({ History }) => History));

export function App() {
  const problem = useSignal("");
  const start = (): void => {
    problem.value = "";
    Promise.all([begin(), lookAtModels()]).catch((error: unknown) => {
      problem.value = said(error);
    });
  };
  useEffect(start, []);
  useEffect(followTitle, []);
  const who = session.value;
  const known = who !== null && (who.user !== null || !who.auth);
  return (
    <>
      <button class="skip" type="button" onClick={() => document.getElementById("main")?.focus()}>
        Skip to the page
      </button>
      <Header />
      <main id="main" tabIndex={-1}>
        {problem.value && (
          <div class="card row" role="alert">
            <p>{problem}</p>
            <button class="button" type="button" onClick={start}>
              Try again
            </button>
          </div>
        )}
        {who && !known && <SignIn />}
        {known && models.value && <Page />}
      </main>
      <Notices />
    </>
  );
}

function Page() {
  useEffect(follow, []);
  return (
    <>
      <Shown />
      <DeleteDialog />
      <DropEverywhere />
    </>
  );
}

function Shown() {
  const at = route.value;
  useEffect(() => {
    document.getElementById("main")?.focus({ preventScroll: true }); // so that Tab goes on from the new page
    scrollTo(0, 0);
  }, [hashOf(at)]);
  switch (at.page) {
    case "generation":
      return <GenerationPage id={at.id} />;
    case "compare":
      return <Compare ids={at.ids} />;
    case "history":
      return <History />;
    case "account":
      return <Account />;
    default:
      return <Workbench />;
  }
}
