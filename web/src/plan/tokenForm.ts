// With which token may the page write, where the service asks for one?
import { button, element } from "../element";
import { text } from "../language";
import { keepToken } from "../token";
import { field } from "./naming";

/** A form for the token; `go` is called once there is one. */
export function tokenForm(go: () => void): HTMLElement {
  const box = element("input", { type: "password", name: "token", autocomplete: "off", required: true });
  const form = element(
    "form",
    { class: "notice form token", role: "alert" },
    element("strong", {}, text("token.title")),
    element("p", {}, text("token.hint")),
    field(text("token.label"), box),
    button(text("token.go"), { type: "submit", class: "go" }, () => undefined),
  );
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    keepToken(box.value);
    go();
  });
  return form;
}
