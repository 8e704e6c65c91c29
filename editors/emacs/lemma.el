;;; lemma.el --- Completion and debugging by lemma, through Eglot  -*- lexical-binding: t -*-

;; Package-Requires: ((emacs "28.1") (eglot "1.9"))

;;; Commentary:

;; (load "CHECKOUT/editors/emacs/lemma.el"), then M-x eglot in a file.
;;
;; Suggestions are among the completions (M-TAB, or what a completion package shows).  `lemma-debug'
;; finds out why a program fails: diagnostics, ElDoc and `eglot-code-actions' show what it found.
;; `lemma-change' has a model that you have named change the region as you say, and
;; `lemma-document' document it.
;; It runs nothing before `lemma-trust' has been called in the project.

;;; Code:

(require 'eglot)

(defgroup lemma nil
  "Completion and debugging on your own machine."
  :group 'tools)

(defcustom lemma-program "lemma"
  "The program, by its path or its name in `exec-path'."
  :type 'string)

;; Eglot has one server for a buffer: remove modes here where another one is to serve them.
;; Those with -ts- are the Tree-sitter modes of Emacs 29, which are derived from no other.
(defcustom lemma-modes
  '(python-mode js-mode typescript-mode c-mode c++-mode rust-mode go-mode java-mode lua-mode sh-mode
    python-ts-mode js-ts-mode typescript-ts-mode tsx-ts-mode c-ts-mode c++-ts-mode rust-ts-mode
    go-ts-mode java-ts-mode lua-ts-mode bash-ts-mode)
  "Major modes that lemma serves."
  :type '(repeat symbol))

(defun lemma--contact (&rest _)
  "The command that starts the server."
  (list lemma-program "lsp"))

(add-to-list 'eglot-server-programs (cons lemma-modes #'lemma--contact))

(defun lemma--execute (command &rest arguments)
  "Ask the server to run COMMAND for the file of this buffer, with ARGUMENTS."
  (let ((server (or (eglot-current-server)
                    (user-error "No server runs for this buffer; M-x eglot starts it")))
        (uri (plist-get (eglot--TextDocumentIdentifier) :uri)))
    ;; What was typed is told after a while only; the server shall not learn of it meanwhile.
    (eglot--signal-textDocument/didChange)
    (condition-case refusal
        (jsonrpc-request server :workspace/executeCommand
                         (list :command command :arguments (apply #'vector uri arguments)))
      (jsonrpc-error
       (user-error "lemma: %s" (or (alist-get 'jsonrpc-error-message (cddr refusal))
                                   (cadr refusal)))))))

(defun lemma--region ()
  "The region, else point, as a range of the protocol."
  (list :start (eglot--pos-to-lsp-position (if (use-region-p) (region-beginning) (point)))
        :end (eglot--pos-to-lsp-position (if (use-region-p) (region-end) (point)))))

(defun lemma-debug ()
  "Find out why the program in this buffer fails, and search for fixes."
  (interactive)
  (save-buffer)
  (lemma--execute "lemma.debug"))

(defun lemma-change (instruction)
  "Have a model change the region, else the function at point, as INSTRUCTION says.
What it has written is offered there by `eglot-code-actions'."
  (interactive "sChange: ")
  (lemma--execute "lemma.change" instruction (lemma--region)))

(defun lemma-document ()
  "Have a model document the region, else the function at point, and change no code.
What it has written is offered there by `eglot-code-actions'."
  (interactive)
  (lemma--execute "lemma.document" (lemma--region)))

(defun lemma-trust (&optional withdraw)
  "Let programs in this project be run, in a sandbox; with a prefix WITHDRAW that."
  (interactive "P")
  (lemma--execute (if withdraw "lemma.distrust" "lemma.trust")))

(provide 'lemma)
;;; lemma.el ends here
