// What can be done with loaded documents. Runs once, for the component that lists them; `server.details` and
// `server.fault` call `_Page.details` and `_Page.fault`.

const form = target => target.closest('form[data-document]');

async function toggleDetails(button) {
    const row = document.getElementById(button.getAttribute('aria-controls'));
    const opens = row.hidden;
    if (opens) {
        try {
            row.firstChild.innerHTML = await reached(server.details(button.dataset.details));
        } catch {
            row.firstChild.textContent = 'The details cannot be shown now. Is Pincite still running?';
        }
    }
    row.hidden = !opens;
    button.setAttribute('aria-expanded', String(opens));
}

/** What was changed in a form, and the fields that are again to be as they are read. */
function changes(form) {
    const inputs = [...form.querySelectorAll('.fields input')];
    const asRead = inputs.filter(input => 'asRead' in input.dataset).map(input => input.name);
    const changed = inputs.filter(input => input.value.trim() !== input.defaultValue && !asRead.includes(input.name));
    return { values: Object.fromEntries(changed.map(input => [input.name, input.value])), as_read: asRead };
}

async function save(form) {
    const fault = form.querySelector('.fault');
    const { values, as_read } = changes(form);
    if (!Object.keys(values).length && !as_read.length) {
        fault.textContent = 'Nothing was changed.';
        return;
    }
    try {
        fault.textContent = await reached(server.fault({ document: form.dataset.document, values, as_read }));
    } catch {
        fault.textContent = 'The correction cannot be saved now. Is Pincite still running?';
    }
    if (!fault.textContent) trigger('correct', { document: form.dataset.document, values, as_read });
}

function takeBack(button) {
    const input = form(button).elements[button.dataset.asRead];
    input.dataset.asRead = '';
    input.disabled = true;
    button.textContent = 'as read, when saved';
    button.disabled = true;
}

function confirmRemoval(form, asked) {
    form.querySelector('.confirm').hidden = !asked;
    form.querySelector(asked ? '[data-kept]' : '[data-remove]').focus();
}

element.addEventListener('click', event => {
    const button = event.target.closest('button');
    if (!button) return;
    const data = button.dataset;
    if ('details' in data) toggleDetails(button);
    else if ('asRead' in data) takeBack(button);
    else if ('again' in data) trigger('reread', { document: form(button).dataset.document });
    else if ('allAgain' in data) trigger('reread', { document: '' });
    else if ('remove' in data) confirmRemoval(form(button), true);
    else if ('kept' in data) confirmRemoval(form(button), false);
    else if ('removed' in data) trigger('remove', { document: form(button).dataset.document });
});

element.addEventListener('submit', event => {
    event.preventDefault();
    save(event.target);
});

element.addEventListener('change', async event => {
    if (!('replace' in event.target.dataset)) return;
    const inForm = form(event.target);
    try {
        const { path } = await upload(event.target.files[0]);
        trigger('replace', { document: inForm.dataset.document, path });
    } catch (error) {
        inForm.querySelector('.fault').textContent = /exceed/.test(error.message)
            ? 'The file is too large to be added here.' : 'The file cannot be uploaded now. Is Pincite still running?';
    }
});

element.addEventListener('input', event => {
    if (!('find' in event.target.dataset)) return;
    const wanted = event.target.value.toLowerCase().split(/\s+/);
    for (const row of element.querySelectorAll('tbody tr:not(.details)')) {
        const text = row.textContent.toLowerCase();
        row.hidden = !wanted.every(word => text.includes(word));
        if (row.hidden) row.nextSibling.hidden = true;
    }
});
