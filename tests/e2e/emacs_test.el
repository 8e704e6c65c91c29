;;; emacs_test.el --- What emacs_test.py runs  -*- lexical-binding: t -*-

;; Prints one line for each thing that a user would see.

;;; Code:

(dolist (folder (file-expand-wildcards "/usr/share/emacs/site-lisp/elpa/*"))
  (add-to-list 'load-path folder))
(load (getenv "LEMMA_EL"))
(setq lemma-program (getenv "LEMMA_PROGRAM")
      eglot-confirm-server-initiated-edits nil
      eglot-stay-out-of nil)

(defun wait-for (what condition)
  "Until CONDITION gives something, which is returned; WHAT is said when it never does."
  (let ((end (+ (float-time) 90)) value)
    (while (not (setq value (funcall condition)))
      (when (> (float-time) end) (error "Waited in vain for %s" what))
      (accept-process-output nil 0.05))
    value))

(defun open-file (name)
  "Visit NAME with lemma as its server."
  (find-file name)
  (unless (eglot-current-server)
    (apply #'eglot (eglot--guess-contact)))
  (wait-for "the server" #'eglot-current-server))

(defun candidates ()
  "What is offered at point."
  (let ((found (run-hook-with-args-until-success 'completion-at-point-functions)))
    (when (consp found)
      (all-completions (buffer-substring (nth 0 found) (nth 1 found)) (nth 2 found)))))

(message "SERVED %s" (car (last (eglot--lookup-mode 'python-ts-mode))))
(find-file (getenv "LEMMA_COMPLETED"))
(condition-case problem (lemma-debug) (user-error (message "TOLD %s" (cadr problem))))

(open-file (getenv "LEMMA_COMPLETED"))
(goto-char (point-max))
(insert "    return compute")
(wait-for "a completion" #'candidates)
(completion-at-point)
(message "COMPLETED %s" (buffer-substring (line-beginning-position) (line-end-position)))

(open-file (getenv "LEMMA_FAILING"))
(lemma-debug)
(message "REFUSED %s" (length (flymake-diagnostics)))
(lemma-trust)
(lemma-debug)
(flymake-start)
(goto-char (point-min))
(message "DIAGNOSTIC %s"
         (flymake-diagnostic-text (car (wait-for "a diagnostic" #'flymake-diagnostics))))
(forward-line 3)
(wait-for "a fix"
          (lambda () (ignore-errors (eglot-code-actions (point) (point) "quickfix"))))
(eglot-code-actions (point) (point) "quickfix" t)
(message "FIXED %s" (buffer-substring (point-min) (point-max)))
(set-buffer-modified-p nil)

(condition-case problem (lemma-change "") (user-error (message "TOLD %s" (cadr problem))))
(goto-char (point-min))
(lemma-change "return zero")
(wait-for "a change"
          (lambda () (ignore-errors (eglot-code-actions (point) (point) "refactor"))))
(eglot-code-actions (point) (point) "refactor" t)
(message "CHANGED %s" (buffer-substring (point-min) (point-max)))
(set-buffer-modified-p nil)

;;; emacs_test.el ends here
