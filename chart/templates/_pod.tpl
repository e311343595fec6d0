{{/* What Pod Security Standards call restricted, and an identity that may do nothing. */}}
{{- define "slipway.podSecurity" -}}
serviceAccountName: {{ .Release.Name }}
automountServiceAccountToken: false
enableServiceLinks: false
securityContext:
  runAsNonRoot: true
  runAsUser: 65532
  runAsGroup: 65532
  fsGroup: 65532
  fsGroupChangePolicy: OnRootMismatch
  seccompProfile:
    type: RuntimeDefault
{{- with .Values.image.pullSecrets }}
imagePullSecrets:
  {{- range . }}
  - name: {{ . }}
  {{- end }}
{{- end }}
{{- with .Values.nodeSelector }}
nodeSelector:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.tolerations }}
tolerations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.priorityClassName }}
priorityClassName: {{ . }}
{{- end }}
{{- end -}}

{{- define "slipway.containerSecurity" -}}
privileged: false
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
runAsNonRoot: true
runAsUser: 65532
runAsGroup: 65532
capabilities:
  drop: [ALL]
seccompProfile:
  type: RuntimeDefault
{{- end -}}

{{/* The service's container, but for what it does and how it is probed. */}}
{{- define "slipway.container" -}}
image: {{ include "slipway.image" . | quote }}
imagePullPolicy: {{ .Values.image.pullPolicy }}
securityContext:
  {{- include "slipway.containerSecurity" . | nindent 2 }}
envFrom:
  - configMapRef:
      name: {{ .Release.Name }}
{{- if .Values.secrets }}
env:
  {{- range $key, $reference := .Values.secrets }}
  - name: {{ $key }}_FILE
    value: /run/secrets/slipway/{{ $key }}
  {{- end }}
{{- end }}
resources:
  {{- toYaml .Values.resources | nindent 2 }}
volumeMounts:
  - name: tmp
    mountPath: /tmp
  {{- if .Values.secrets }}
  - name: secrets
    mountPath: /run/secrets/slipway
    readOnly: true
  {{- end }}
  {{- if .Values.storage.enabled }}
  - name: data
    mountPath: {{ .Values.storage.mountPath }}
  {{- end }}
{{- end -}}

{{- define "slipway.volumes" -}}
- name: tmp
  emptyDir:
    sizeLimit: {{ index .Values.resources.limits "ephemeral-storage" }}
{{- with .Values.secrets }}
- name: secrets
  projected:
    defaultMode: 0440
    sources:
      {{- range $key, $reference := . }}
      - secret:
          name: {{ $reference.name }}
          items:
            - key: {{ $reference.key }}
              path: {{ $key }}
      {{- end }}
{{- end }}
{{- if .Values.storage.enabled }}
- name: data
  persistentVolumeClaim:
    claimName: {{ .Release.Name }}
{{- end }}
{{- end -}}
