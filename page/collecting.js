// The buttons that add quotes to the briefing, in every room, and the line that tells of it. Runs once, from the
// beginning; `server` has `places` and `collect` of `BriefingRoom`. In the room itself, briefing.js does the work.

const CURRENT = 'pincite-briefing';
let current = null;  // The name of the briefing that quotes are added to.
let places = {};
try { current = JSON.parse(localStorage.getItem(CURRENT)); } catch { /* The browser keeps nothing. */ }

function now(told) {
    current = told.name;
    places = told.places;
    try { localStorage.setItem(CURRENT, JSON.stringify(current)); } catch { /* The browser keeps nothing. */ }
    markAll();
}

const markAll = () => document.querySelectorAll('[data-add-quote]').forEach(mark);

function mark(button) {
    const inIt = button.dataset.addQuote in places;
    const label = button.querySelector('span');
    const says = inIt ? 'In briefing' : 'Add to briefing';
    button.classList.toggle('in', inIt);
    button.title = inIt ? `In “${current}”: click to take it out` : `Add to “${current || 'Briefing'}”`;
    if (label.textContent !== says) label.textContent = says;
}
// Gradio makes a new answer out of the old one, and may give a button to another quote.
let marking = 0;
new MutationObserver(() => { marking ||= requestAnimationFrame(() => { marking = 0; markAll(); }); }).observe(
    document.body, { childList: true, subtree: true, attributeFilter: ['data-add-quote', 'class'] });

async function lookUp(name) {
    const told = await server.places({ name }).catch(() => null);
    if (told && told.fault === undefined) now(told);
}
lookUp(current);
addEventListener('pincite-collected', event => now(event.detail));
// Another window changed to another one.
addEventListener('storage', event => { if (event.key === CURRENT && event.newValue) lookUp(JSON.parse(event.newValue)); });

async function collect(button) {
    const { addQuote: place, repeats } = button.dataset;
    const out = place in places;
    const told = await server.collect({ name: current, place, repeats, out }).catch(() => null);
    if (!told || told.fault !== undefined) {
        announce(told?.fault ?? 'It cannot be added now. Is Pincite still running?');
        return;
    }
    now(told);
    const quotes = `${told.n_quotes} ${told.n_quotes === 1 ? 'quote' : 'quotes'}`;
    announce(out ? `Taken out of “${current}”: ${quotes}.` : `Added to “${current}”: ${quotes}.`, 'Open it', enter);
}
document.addEventListener('click', event => {
    const button = event.target.closest?.('[data-add-quote]');
    if (button) collect(button);
});

function enter() {
    history.pushState(null, '', `?${new URLSearchParams({ room: 'briefing', name: current })}`);
    dispatchEvent(new PopStateEvent('popstate'));  // The rooms do as if somebody had come back to the address.
}

// A line at the foot of the window, with one thing that can be done.
const line = document.createElement('div');
line.id = 'collected';
line.setAttribute('role', 'status');
document.body.append(line);
const LASTS_MS = 10_000;
let fading;

function fade() {
    if (line.matches(':hover, :focus-within')) fading = setTimeout(fade, LASTS_MS);
    else line.replaceChildren();
}

function announce(said, action, act) {
    const text = document.createElement('span');
    text.textContent = said;
    line.replaceChildren(text);
    if (action) {
        const button = Object.assign(document.createElement('button'), { type: 'button', textContent: action });
        button.addEventListener('click', () => { line.replaceChildren(); act(); });
        line.append(button);
    }
    clearTimeout(fading);
    fading = setTimeout(fade, LASTS_MS);
}
addEventListener('pincite-announce', event => announce(...event.detail));
