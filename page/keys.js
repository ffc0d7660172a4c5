// Keys, so that nothing needs a mouse. They are told at the foot of the page.

const typing = target => target.matches('input, textarea, select, [contenteditable]');
const inAsk = () => element.checkVisibility();
const quotes = () => [...element.querySelectorAll('article.quote')];

/** The quote that the keys are about: the one with the focus in it, else the first. */
const current = () => document.activeElement.closest?.('article.quote') ?? quotes()[0];

function step(by) {
    const all = quotes();
    const here = all.indexOf(document.activeElement.closest?.('article.quote'));
    const next = all[here < 0 ? 0 : Math.min(Math.max(here + by, 0), all.length - 1)];
    if (next) goTo(next.id);
}

const press = selector => current()?.querySelector(selector)?.click();
const KEYS = {
    ArrowDown: () => step(1),
    ArrowUp: () => step(-1),
    j: () => step(1),
    k: () => step(-1),
    c: () => press('[data-copy]'),
    b: () => press('[data-add-quote]'),
    p: () => press('[data-context]'),
    v: () => press('[data-picture]'),
};

document.addEventListener('keydown', event => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
    if (document.querySelector('dialog[open]')) return;  // A dialog has keys of its own.
    const box = document.querySelector('#question textarea');
    if (event.key === 'Escape' && event.target === box) box.blur();
    // In an empty box, the question asked last comes back, as on a command line.
    if (event.key === 'ArrowUp' && event.target === box && !box.value && earlier().length) setQuestion(earlier()[0].question);
    if (typing(event.target) || event.target.closest('[role="tab"]')) return;
    const act = event.key === '/' ? () => box.focus() : inAsk() && quotes().length ? KEYS[event.key] : null;
    if (!act) return;
    event.preventDefault();
    act();
});
