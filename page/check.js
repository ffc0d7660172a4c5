// The check of a draft. Runs once; `server.check`, `server.progress` and `server.copy` call `DraftChecks`.
// `toClipboard` is in clipboard.js.

const draftForm = element.querySelector('form.draft');
const picker = draftForm.querySelector('input[type=file]');
const drop = draftForm.querySelector('.drop');
const chosen = draftForm.querySelector('.chosen');
const pasted = draftForm.querySelector('.pasted');
const text = draftForm.querySelector('textarea');
const state = element.querySelector('.state');
const bar = element.querySelector('progress');
const result = element.querySelector('.result');
const MAX_BYTES = 20_000_000;  // As in qa/checking/drafts.py: a larger one need not be sent to be refused.
/** Tells how it goes; `kind` is "fault", or "unseen" for what only those need to be told who do not see it. */
function tell(said, kind = 'going') {
    state.className = `state ${kind}`;
    state.textContent = said;
}
const LOST = 'The draft cannot be checked now. It is still here: is Pincite running?';

// --- the draft: a file or pasted text. It stays here, whatever happens to the check. ---

let file = null;
let sent = null;  // What the shown result is of.

function choose(one) {
    file = one ?? null;
    chosen.hidden = !file;
    drop.hidden = pasted.hidden = Boolean(file);
    chosen.querySelector('b').textContent = file?.name ?? '';
    if (file) draftForm.querySelector('.main').focus();
}
picker.addEventListener('change', () => { choose(picker.files[0]); picker.value = ''; });

// Anywhere on the page while the room is open: a file that is dropped beside the frame must not replace the page.
const comes = event => element.checkVisibility() && [...event.dataTransfer?.types ?? []].includes('Files');
addEventListener('dragover', event => {
    if (!comes(event)) return;
    event.preventDefault();
    drop.classList.add('over');
});
addEventListener('dragleave', event => { if (!event.relatedTarget) drop.classList.remove('over'); });
addEventListener('drop', event => {
    drop.classList.remove('over');
    if (!comes(event)) return;
    event.preventDefault();
    choose(event.dataTransfer.files[0]);
});

async function asked() {
    if (!file) return { text: text.value };
    return { name: file.name, content: await inBase64(file) };
}

// --- the check ---

let number = 0;

async function follow(ticket) {
    const wait = () => new Promise(go => setTimeout(go, 300));
    for (await wait(); ticket === String(number) && bar.dataset.ticket === ticket; await wait()) {
        const told = await server.progress(bar.dataset.session + ticket).catch(() => null);
        if (!told || bar.dataset.ticket !== ticket) continue;
        const [done, all] = told;
        bar.hidden = false;
        bar.value = done / all;
        tell(`Looking up ${done + 1} of ${all} …`);
    }
}
bar.dataset.session = `${crypto.getRandomValues(new Uint32Array(2)).join('-')}-`;

async function check() {
    if (file?.size > MAX_BYTES) {
        tell(`${file.name} is larger than ${MAX_BYTES / 1e6} MB. Take the pictures out of it, or check it in parts.`, 'fault');
        return;
    }
    const ticket = String(++number);
    bar.dataset.ticket = ticket;
    tell('Reading …');
    follow(ticket);
    let found;
    try {
        const draft = await asked();
        found = await server.check({ ...draft, ticket: bar.dataset.session + ticket });
        if (ticket !== String(number)) return;  // Another check was begun meanwhile.
        if (!found.fault) sent = { draft, report: found.report };
    } catch (error) {
        if (ticket !== String(number)) return;
        found = { fault: error?.name === 'NotReadableError' || error?.name === 'NotFoundError'
            ? 'The file cannot be read any more: it was moved or changed. Choose it again.' : LOST };
    }
    bar.dataset.ticket = '';
    bar.hidden = true;
    if (found.fault) {
        tell(found.fault, 'fault');
        return;
    }
    result.innerHTML = found.html;
    const title = result.querySelector('h2');
    title.focus({ preventScroll: true });
    title.scrollIntoView({ block: 'nearest' });
    tell([...result.querySelectorAll('.counts li')].map(one => one.textContent).join(', '), 'unseen');  // It is shown.
}
draftForm.addEventListener('submit', event => { event.preventDefault(); check(); });

// --- what can be done with the result ---

async function save(form) {
    const stem = sent.report.draft.replace(/\.[^.]*$/, '');
    if (form === 'json') {
        download(`${stem}, checked.json`, new Blob([JSON.stringify(sent.report, null, 2)], { type: 'application/json' }));
        return;
    }
    tell('Writing …');
    try {
        const { name, content, fault } = await server.copy(sent.draft);
        tell(fault ?? '', 'fault');
        if (fault) return;
        download(name, fromBase64(content));
    } catch {
        tell('The copy cannot be written now. Is Pincite still running?', 'fault');
    }
}

async function copy(button) {
    await toClipboard(button.dataset.copy);
    button.textContent = 'Copied';
    tell('Copied.', 'unseen');
    setTimeout(() => { button.textContent = 'Copy citation'; }, 2000);
}

element.addEventListener('click', event => {
    const button = event.target.closest('button');
    if (!button) return;
    if ('unchoose' in button.dataset) {
        choose(null);
        picker.focus();
    } else if ('save' in button.dataset) save(button.dataset.save);
    else if ('copy' in button.dataset) copy(button);
});
element.addEventListener('change', event => {
    if ('toMend' in event.target.dataset) result.querySelector('table').classList.toggle('to-mend', event.target.checked);
});

// --- keys ---

const rows = () => [...result.querySelectorAll('tbody tr')].filter(row => row.checkVisibility());
const here = () => document.activeElement.closest?.('#check tbody tr');
function step(by) {
    const all = rows();
    const at = all.indexOf(here());
    const next = all[at < 0 ? 0 : Math.min(Math.max(at + by, 0), all.length - 1)];
    next?.focus({ preventScroll: true });
    next?.scrollIntoView({ block: 'nearest' });
}
const KEYS = {
    ArrowDown: () => step(1),
    ArrowUp: () => step(-1),
    j: () => step(1),
    k: () => step(-1),
    c: () => (here() ?? rows()[0])?.querySelector('[data-copy]')?.click(),
    v: () => (here() ?? rows()[0])?.querySelector('[data-picture]')?.click(),
    f: () => result.querySelector('[data-to-mend]')?.click(),
};
document.addEventListener('keydown', event => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented || !element.checkVisibility()) return;
    if (event.target.matches('input, textarea, select') && event.target.type !== 'checkbox') return;
    if (event.target.closest('[role="tab"]') || !KEYS[event.key] || !rows().length) return;
    event.preventDefault();
    KEYS[event.key]();
});
