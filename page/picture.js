// The viewer of pages. Runs once; a click on `[data-picture]` in any room opens it. `server.picture` draws a page.

const dialog = element.querySelector('dialog');
const frame = dialog.querySelector('.frame');
const note = dialog.querySelector('.note');
const where = dialog.querySelector('.where');
const ZOOMS = [1, 1.35, 1.8, 2.4];

let place = null;  // What is marked: "document_id:start:end".
let shown = null;  // The page that is shown.
let wanted = null;  // What was asked for last: a slower answer to an earlier wish is dropped.
let zoom = 0;
let drawn = new Map();  // Pages of this place by number, as promises: neighbours are drawn before they are asked for.

function page(number) {
    if (!drawn.has(number)) drawn.set(number, server.picture({ place, page: number }));
    return drawn.get(number);
}

function lay(picture) {
    shown = picture;
    dialog.querySelector('h2').textContent = picture.title;
    where.textContent = picture.where;
    note.textContent = picture.note;
    note.hidden = !picture.note;
    const image = new Image();
    image.alt = picture.alt;
    image.width = picture.width;
    image.height = picture.height;
    image.src = picture.src;
    frame.replaceChildren(image);
    for (const button of dialog.querySelectorAll('[data-step]')) {
        const number = picture.page + Number(button.dataset.step);
        // Not `disabled`, which would lose the focus at the last page.
        button.setAttribute('aria-disabled', String(number < 1 || number > picture.n_pages));
    }
    look();
    image.decode?.().then(look, () => {});
}

/** Scrolls to what is marked, else to the head of the page. */
function look() {
    const image = frame.querySelector('img');
    if (!image || !shown) return;
    const { width, height } = image.getBoundingClientRect();
    const [left, top, bottom] = shown.marked ?? [0, 0, 0];
    const middle = (top + bottom) / 2 * height - frame.clientHeight / 2;
    frame.scrollTop = Math.max(0, Math.min(middle, top * height - 24));
    frame.scrollLeft = left * width - 16;
}

function fail(text) {
    shown = null;
    dialog.querySelector('h2').textContent = 'The page cannot be shown';
    where.textContent = '';
    note.textContent = text;
    note.hidden = false;
    frame.replaceChildren();
    dialog.querySelectorAll('[data-step]').forEach(button => button.setAttribute('aria-disabled', 'true'));
}

async function show(number) {
    const wish = {};
    wanted = wish;
    const slow = setTimeout(() => { where.textContent = 'Drawing …'; }, 200);
    try {
        const picture = await page(number);
        if (wanted !== wish) return;
        if (picture.fault) {
            fail(picture.fault);
            return;
        }
        drawn.set(picture.page, Promise.resolve(picture));
        lay(picture);
        for (const next of [picture.page + 1, picture.page - 1]) if (next >= 1 && next <= picture.n_pages) page(next);
    } catch {
        drawn.delete(number);
        if (wanted === wish) fail('Is Pincite still running?');
    } finally {
        clearTimeout(slow);
    }
}

function turn(by) {
    const number = shown ? shown.page + by : 0;
    if (number >= 1 && number <= shown?.n_pages) show(number);
}

function resize(by) {
    zoom = Math.min(Math.max(zoom + by, 0), ZOOMS.length - 1);
    frame.style.setProperty('--zoom', ZOOMS[zoom]);
    look();
}

document.addEventListener('click', event => {
    const button = event.target.closest?.('[data-picture]');
    if (!button) return;
    place = button.dataset.picture;
    drawn = new Map();
    fail('');
    dialog.querySelector('h2').textContent = 'Page';
    note.hidden = true;
    dialog.showModal();  // The browser gives the focus back to the button when it is closed.
    frame.focus({ preventScroll: true });
    show(null);
});

dialog.addEventListener('click', event => {
    const button = event.target.closest('button');
    if (event.target === dialog || button?.matches('[data-close]')) dialog.close();
    else if (button?.dataset.step) turn(Number(button.dataset.step));
    else if (button?.dataset.zoom) resize(Number(button.dataset.zoom));
});
dialog.addEventListener('close', () => {
    wanted = null;
    frame.replaceChildren();
});
const KEYS = {
    ArrowLeft: () => turn(-1), ArrowRight: () => turn(1), PageUp: () => turn(-1), PageDown: () => turn(1),
    '+': () => resize(1), '=': () => resize(1), '-': () => resize(-1),
};
dialog.addEventListener('keydown', event => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    event.stopPropagation();  // The keys of the room behind it rest.
    if (!KEYS[event.key]) return;
    event.preventDefault();
    KEYS[event.key]();
});
