// Asks for this page once more, without its content, and shows the headers of the answer.
const response = await fetch(location.href, { method: "HEAD", cache: "no-store" });
// An answer without content has an end too, and the connection is free after it.
await response.text();
const list = document.getElementById("fields");
list.replaceChildren();
for (const [name, value] of response.headers) {
  const term = document.createElement("dt");
  const description = document.createElement("dd");
  term.textContent = name;
  description.textContent = value;
  list.append(term, description);
}
